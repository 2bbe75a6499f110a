"""What the reader learns from each question about people, units and the database itself."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "guards_are_on": _("Guards of the database differ from the program's: run bin/manage migrate."),
    "keys_are_its_own": _("The database was made with other keys."),
    "clock_of_morocco": _("The database has other hours of Morocco than the program."),
    "numbers_go_on": _("Tables whose next row would take a number that is in use."),
    "indexes_and_triggers": _("Indexes and triggers that look like a rule and are off."),
    "order_of_words": _("Words are ordered by another version than the indexes: rebuild them."),
    "joined_rows": _("People whose rows were joined lead to a row that was joined itself."),
    "tree_of_units": _("Units that do not stand under their parent in the tree."),
}
SERIOUS = SENTENCES.keys()
