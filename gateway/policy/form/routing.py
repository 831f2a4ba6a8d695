"""Which department a form belongs to, and which filter refuses it."""

from collections.abc import Iterable

from gateway.model.form import FormFilter, Postcodes
from gateway.model.organisation import Organisation
from gateway.model.people import DepartmentId
from gateway.policy.facts import FormSubmission
from gateway.policy.form.words import word_key


def place_of_form(form: FormSubmission, organisation: Organisation) -> DepartmentId:
    """Board matters first, then the chosen location, then the postcode, then where the topic is."""
    mapping = organisation.form
    topic = organisation.topics.topics.get(form.topic) if form.topic else None
    return (
        mapping.topics.get(word_key(form.chosen_topic))
        or mapping.locations.get(word_key(form.location))
        or _by_postcode(form.postcode, mapping.postcodes)
        or (topic.department if topic else None)
        or mapping.fallback
    )


def _by_postcode(
    postcode: str, table: Iterable[tuple[Postcodes, DepartmentId]]
) -> DepartmentId | None:
    if not postcode:
        return None
    return next((department for codes, department in table if postcode in codes), None)


def filter_for(form: FormSubmission, organisation: Organisation) -> str:
    """The canned response of the first filter that the form is caught by; empty for none.

    Board matters are never filtered.
    """
    mapping = organisation.form
    if word_key(form.chosen_topic) in mapping.topics:
        return ""
    return next((each.canned for each in mapping.filters if _catches(each, form)), "")


def _catches(one: FormFilter, form: FormSubmission) -> bool:
    if one.topics and word_key(form.chosen_topic) not in one.topics:
        return False
    if one.locations and word_key(form.location) not in one.locations:
        return False
    if not (one.inside or one.outside):
        return True
    if not form.postcode:
        return False
    is_inside = not one.inside or any(form.postcode in codes for codes in one.inside)
    return is_inside and not any(form.postcode in codes for codes in one.outside)
