"""What the reader learns from each question about bags, stock and places."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "bag_and_its_ledger": _("Bags that are not where their last movement took them."),
    "movements_follow": _("Bags whose movements do not follow each other."),
    "stock_is_counted": _("Stock that is not the count of its bags."),
    "two_readers": _("Bags in stock with a test that two people did not read."),
    "releaser_read_nothing": _("Bags released by somebody who read their tests."),
    "reactive_is_out": _("Bags in stock with a reactive test."),
    "reserved_for_somebody": _("Reserved bags without a live reservation, or the other way round."),
    "bag_on_its_way": _("Bags in transit that lie in no box."),
    "issued_to_somebody": _("Bags that left without a line of their issue."),
    "places_are_counted": _("Sessions whose places taken are not their bookings."),
    "bag_may_be_in_stock": _("Bags in stock that today's rules would not release: look at each."),
    "label_was_read": _("Bags in stock whose label has to be printed and read back once more."),
    "bag_has_expired": _(
        "Bags that have expired and are still in stock: no worker takes them out."
    ),
}
SERIOUS = SENTENCES.keys() - {"bag_may_be_in_stock", "label_was_read", "bag_has_expired"}
