-- An issued or transfused bag has the line of its issue: the way from donor to patient and back (I6).
SELECT public_id::text FROM centers_bag b WHERE state IN ('issued', 'transfused')
    AND NOT EXISTS (SELECT FROM centers_issue i WHERE i.bag_id = b.id)
    AND NOT EXISTS (SELECT FROM centers_foundbag f WHERE f.bag_id = b.id)
