"""Jobs of uploaded files: claimed once, repeatable, visible; a dead worker loses and doubles nothing."""

import datetime as dt
import threading
import time
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from orders.models import Order
from planning_site.core import clock
from planning_site.core.departments import Department
from planning_site.core.errors import DomainError
from planning_site.core.plants import default_plant
from planning_site.workbooks import guard, tasks
from planning_site.workbooks.models import ColumnMapping, ImportJob
from planning_site.workbooks.services import jobs, running
from tests import factories
from tests.support.worker import Worker
from tests.workbooks.builders import line, order_book, password_protected, xlsx

State = ImportJob.State


def uploaded(data: bytes, name: str = "订单.xlsx", **values: Any) -> ImportJob:
    return jobs.upload(filename=name, data=data, plant=default_plant(), by=factories.user(Department.SALES), **values)


def state_of(job: ImportJob) -> str:
    return ImportJob.objects.get(pk=job.pk).state


@pytest.fixture
def job(factory: None) -> ImportJob:
    """A file with one good and one wrong row."""
    return uploaded(order_book([line("HT1"), line("HT2", style="HD9")]))


@pytest.mark.django_db
def test_uploaded_file_is_read_and_nothing_is_written(job: ImportJob) -> None:
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.kind, job.percent) == (State.READY, "order_book", 100)
    assert (job.result["new"], job.result["wrong_rows"]) == (1, 1)
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_approved_file_is_imported_once_however_often_it_is_executed(job: ImportJob) -> None:
    jobs.execute(job.pk)
    job.refresh_from_db()
    jobs.approve(job=job)
    jobs.execute(job.pk)
    jobs.execute(job.pk)
    assert state_of(job) == State.DONE
    assert Order.objects.get().created_by == job.requested_by


@pytest.mark.django_db
def test_refused_file_says_why(factory: None) -> None:
    job = uploaded(password_protected())
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == State.REFUSED
    assert job.error


@pytest.mark.django_db
def test_empty_and_too_large_files_are_refused_at_the_door(factory: None, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    for data in (b"", b"x" * 101):
        with pytest.raises(guard.Refused):
            uploaded(data)
    assert not ImportJob.objects.exists()


@pytest.mark.django_db
def test_file_without_new_or_changed_rows_cannot_be_approved(factory: None) -> None:
    job = uploaded(order_book([line("HT2", style="HD9")]))
    jobs.execute(job.pk)
    job.refresh_from_db()
    with pytest.raises(DomainError):
        jobs.approve(job=job)


@pytest.mark.django_db
def test_second_approval_is_told_that_somebody_was_faster(job: ImportJob) -> None:
    jobs.execute(job.pk)
    first, second = ImportJob.objects.get(pk=job.pk), ImportJob.objects.get(pk=job.pk)
    jobs.approve(job=first)
    with pytest.raises(DomainError):
        jobs.drop(job=second)
    assert state_of(job) == State.APPROVED


@pytest.mark.django_db
def test_corrected_cell_makes_the_row_good(job: ImportJob) -> None:
    jobs.execute(job.pk)
    job.refresh_from_db()
    jobs.correct(job=job, cells=[("男鞋", 5, 7, "HD1")])
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["new"], job.result["wrong_rows"]) == (State.READY, 2, 0)


@pytest.mark.django_db
def test_explained_columns_are_remembered_for_the_customer(factory: None) -> None:
    job = uploaded('NUM;MODELAO;TOM;38;39;VALOR\n7;HD1;黑;60;20;"R$ 39,99"\n'.encode(), "pedido.csv")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["new"], len(job.result["unknown"])) == (State.READY, 0, 1)
    jobs.explain(
        job=job,
        kind="orders.order_book",
        columns={"NUM": "contract", "MODELAO": "style", "TOM": "colour", "VALOR": "price", "38": "size:38", "39": "size:39"},
        constants={"customer": "C01", "due_on": "2027-01-05"},
        numbers="",
        days="",
        customer="Pampa",
        by=job.requested_by,  # type: ignore[arg-type]
    )
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.result["new"], job.result["pairs"]) == (1, 80)
    assert ColumnMapping.objects.get().customer == "Pampa"


@pytest.mark.django_db
def test_job_of_a_dead_worker_is_taken_up_again_and_given_up_in_the_end(job: ImportJob) -> None:
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False) as traveller:
        for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
            ImportJob.objects.filter(pk=job.pk).update(state=State.READING, claimed_at=clock.now(), attempts=attempt)
            assert jobs.waiting() == []
            traveller.shift(jobs.STUCK_AFTER + dt.timedelta(seconds=1))
            assert jobs.waiting() == ([job.pk] if attempt < jobs.MAX_ATTEMPTS else [])
    assert state_of(job) == State.FAILED


@pytest.mark.django_db
def test_worker_that_was_given_up_keeps_none_of_its_writes(job: ImportJob, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.execute(job.pk)
    job.refresh_from_db()
    jobs.approve(job=job)

    def taken_meanwhile(*args: Any, **options: Any) -> bool:
        ImportJob.objects.filter(pk=job.pk).update(claimed_at=clock.now() + dt.timedelta(minutes=1))
        return running.run(*args, **options)

    monkeypatch.setattr(jobs, "run", taken_meanwhile)
    jobs.execute(job.pk)
    assert not Order.objects.exists()
    assert state_of(job) == State.IMPORTING


@pytest.mark.django_db(transaction=True)
def test_unexpected_error_is_shown_and_raised_and_writes_nothing(factory: None, monkeypatch: pytest.MonkeyPatch) -> None:
    job = uploaded(order_book([line("HT1")]))
    jobs.execute(job.pk)
    job.refresh_from_db()
    jobs.approve(job=job)

    def broken(*args: Any, **options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("planning_site.workbooks.services.running.clock.today", broken)
    with pytest.raises(ZeroDivisionError):
        tasks.work(job.pk)
    assert state_of(job) == State.FAILED
    assert not Order.objects.exists()


@pytest.mark.worker
def test_real_worker_reads_and_imports(worker: Worker, factory: None) -> None:
    job = uploaded(order_book([line("HT1")]))
    tasks.work.delay(job.pk)
    worker.wait_until(lambda: state_of(job) == State.READY, "the file is read")
    jobs.approve(job=ImportJob.objects.get(pk=job.pk))
    tasks.drain.delay()
    worker.wait_until(lambda: state_of(job) == State.DONE, "it is imported")
    assert Order.objects.get().number == "HT1"


def _waits_for_the_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_imports_write_one_after_the_other(factory: None) -> None:
    job = uploaded(xlsx([["客户编号", "客户名称"], ["C9", "新"]]))

    def second() -> None:
        jobs.execute(job.pk)
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [running.IMPORT_LOCK])
        thread.start()
        while thread.is_alive() and not _waits_for_the_lock():
            time.sleep(0.01)
        assert thread.is_alive()
    thread.join()
    assert state_of(job) == State.READY
