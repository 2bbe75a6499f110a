"""Estimates and orders of an operation, made through the product's own rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from campaigns.models import Estimate, Operation, StandingOrder
from campaigns.operations import estimates, orders

from . import factories

BAGS = {
    "red_cells_low": "1.8",
    "red_cells": "3",
    "red_cells_high": "5",
    "platelets_low": "0.14",
    "platelets": "0.25",
    "platelets_high": "0.37",
    "plasma_low": "0.6",
    "plasma": "1",
    "plasma_high": "2.13",
}


def estimate(operation: Operation, now: datetime, **said) -> Estimate:
    """100 admissions from now on, two thirds of everything used on the first day, all at one centre."""
    figures = {
        "basis": "admissions",
        "counted": 100,
        "starts_at": now,
        "first_day_share": Decimal(67),
        "weights": {"CRTS-MAR": 1},
        "because": "Ministry of the Interior, first toll",
        "by": operation.opened_by,
        "now": now,
    }
    figures["bags"] = {name: Decimal(value) for name, value in BAGS.items()}
    made = estimates.unsaved(operation=operation, **figures | said)
    return estimates.make(estimate=made)


def order(operation: Operation, now: datetime, **said) -> StandingOrder:
    usual = {
        "approval": "administrator",
        "people_limit": 500,
        "hold_seconds": 120,
        "every_center": False,
        "reserve_level": "value",
        "valid_until": now + timedelta(days=3),
        "because": "The shelf is empty",
        "by": operation.opened_by,
        "now": now,
    }
    return orders.give(operation=operation, **usual | said)


def another():
    """A second administrator."""
    return factories.administrator()
