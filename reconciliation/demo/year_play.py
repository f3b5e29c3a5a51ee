"""Builds the stage for the year in an empty folder and plays it from the first day to the last."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import structlog

from payments.cli.root import Root
from payments.ports import World
from payments.store import migrations
from payments.store.engine import do_not_wait_for_the_disk
from payments.store.private_file import create_private
from payments.wiring import RandomIds, Wiring
from reconciliation.demo.centre import set_up, staff_of
from reconciliation.demo.connections import OF_THE_YEAR, bank_of, connect, connected
from reconciliation.demo.courier import Wait
from reconciliation.demo.folder import DemoFolder
from reconciliation.demo.loopback import Client, site
from reconciliation.demo.play import DayPlayer, DemoClock, Stage, at
from reconciliation.demo.year import PlannedDay

Progress = Callable[[int, date], None]
"""Told after each day: how many days are played, and which was the last."""


def play_year(
    root: Root, folder: DemoFolder, days: Sequence[PlannedDay], port: int, progress: Progress
) -> None:
    """Make the folder anew, set the centre up in it and play the days.

    ``port`` is where the service will listen later: the addresses it hands out name it. Raises
    Conflict for a folder that is not a demo's.
    """
    folder.create()
    settings = folder.settings(port)
    create_private(settings.database_url)
    clock = DemoClock(at(days[0].day, 6, 0))
    wiring = replace(root.build_wiring(settings), world=World(clock, RandomIds(clock)))
    # A play that is broken off is played anew: none of its commits has to outlive the machine.
    do_not_wait_for_the_disk(wiring.engine)
    migrations.upgrade(wiring.engine)
    folder.keep_api_key(set_up(wiring))
    for provider in OF_THE_YEAR:
        connect(wiring, folder, provider)
    app = root.create_app(wiring)
    _only_log_trouble()
    # What is loaded by now stays to the end; the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    with site(app) as client:
        player = DayPlayer(stage_of(folder, wiring, client, clock.wait), clock)
        for number, planned in enumerate(days, start=1):
            player.play(planned)
            progress(number, planned.day)
    gc.unfreeze()
    wiring.engine.dispose()
    os.sync()
    folder.keep_played()


def stage_of(folder: DemoFolder, wiring: Wiring, client: Client, wait: Wait) -> Stage:
    """Return the stage of a folder whose centre is set up, with a client of its site."""
    with wiring.open_uow(write=False) as uow:
        staff = staff_of(uow)
    banks = {
        provider: bank_of(folder, wiring, client.post_delivery, wait, provider)
        for provider in connected(folder)
    }
    return Stage(wiring, staff, client, folder.api_key, banks)


def _only_log_trouble() -> None:
    """Keep the lines of the played requests off the screen."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
