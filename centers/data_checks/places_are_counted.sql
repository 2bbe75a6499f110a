-- Places taken are the bookings that hold them, and never more than there are (I32).
SELECT DISTINCT v.public_id::text FROM centers_slot s JOIN centers_session v ON v.id = s.session_id
WHERE s.taken > s.places OR s.taken <> (
    SELECT count(*) FROM centers_appointment
    WHERE slot_id = s.id AND (state IN ('offered', 'booked', 'arrived') OR kept_until IS NOT NULL))
