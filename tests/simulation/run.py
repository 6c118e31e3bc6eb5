"""One run: a bad day in the warehouse from one seed, then healing, then every promise is checked."""

import tempfile
from pathlib import Path
from random import Random

from tests.simulation.checks import Violation, check_everything
from tests.simulation.handset import Handset, Truth
from tests.simulation.machine import Killed, World
from tests.simulation.network import Network
from tests.simulation.server import ITEMS, ServerFactory

STEPS = 60
HEALING_ROUNDS = 12
_EVENTS = {
    "act": 50,
    "sync": 22,
    "time": 6,
    "kill_server": 5,
    "kill_device": 5,
    "restart": 2,
    "full": 2,
    "late_copy": 4,
    "rename": 3,
    "late_rename": 3,
    "work": 3,
    "decide": 3,
}


class Run:
    """The state of one run. `trace` says what happened, in words that two runs of a seed share."""

    def __init__(self, factory: ServerFactory, seed: int, root: Path) -> None:
        self.chance, self.world = Random(seed), World()
        self.trace: list[str] = []
        self.truth: Truth = {}
        self.server = factory.make(self.world, self.chance)
        self.networks: list[Network] = []
        self.handsets = [self._handset(index, root) for index in range(self.chance.randrange(1, 4))]

    def _handset(self, index: int, root: Path) -> Handset:
        network = Network(self.server, self.chance, self.trace)
        network.is_healed = True
        handset = Handset(
            name=f"HH-{index}",
            root=root,
            world=self.world,
            network=network,
            chance=self.chance,
            truth=self.truth,
            trace=self.trace,
            is_lazy=self.chance.random() < 0.5,
        )
        handset.enrol(self.server.enrolment_code())
        network.is_healed = False
        self.networks.append(network)
        return handset

    def bad_day(self) -> None:
        """Whatever can happen."""
        for _ in range(STEPS):
            self.world.ms += self.chance.randrange(500, 60_000)
            event = self.chance.choices(list(_EVENTS), list(_EVENTS.values()))[0]
            try:
                self._happen(event, self.chance.choice(self.handsets))
            except Killed:
                self.trace.append(f"{event}: the server was killed")

    def _happen(self, event: str, handset: Handset) -> None:
        match event:
            case "act" | "sync" | "restart" | "kill_device" | "full" | "late_copy":
                self._happen_to(handset, event)
            case "time":
                self.world.ms += self.chance.randrange(3_600_000)
            case "kill_server":
                self.server.fuse.left = self.chance.randrange(60)
            case "rename":
                self.server.rename(self._item(), f"Name {self.chance.randrange(10**6)}")
            case "late_rename":
                self._late_rename()
            case "work":
                self.server.work()
            case "decide":
                self.server.decide(most=2)

    def _happen_to(self, handset: Handset, event: str) -> None:
        match event:
            case "act":
                handset.act()
            case "sync":
                handset.sync()
            case "restart":
                handset.restart()
            case "kill_device":
                handset.disk.fuse.left = self.chance.randrange(40)
            case "full":
                handset.disk.is_full = not handset.disk.is_full
            case "late_copy" if handset.network.delayed:
                handset.network.deliver_delayed()

    def _late_rename(self) -> None:
        if self.server.late and self.chance.random() < 0.7:
            self.server.finish_late_rename()
        else:
            self.server.begin_late_rename(self._item(), f"Late {self.chance.randrange(10**6)}")

    def _item(self) -> str:
        return self.chance.choice(list(ITEMS))

    def heal(self) -> None:
        """Nothing fails any more; old copies still arrive. Within a few rounds every queue is empty."""
        self.server.fuse.left = None
        for handset, network in zip(self.handsets, self.networks, strict=True):
            network.is_healed = True
            handset.restart()
            while network.delayed:
                network.deliver_delayed()
        while self.server.late:
            self.server.finish_late_rename()
        for _ in range(HEALING_ROUNDS):
            self.world.ms += 10 * 60_000
            self.server.work()
            for handset in self.handsets:
                handset.sync()
            if not self.server.decide() and not self._is_anything_waiting():
                break
        for handset in self.handsets:
            handset.sync()

    def _is_anything_waiting(self) -> bool:
        return any(
            state not in ("posted", "refused") for each in self.handsets for _, _, state in each.outbox()
        )


def simulate(factory: ServerFactory, seed: int) -> list[str]:
    """Run one seed; gives back its trace, or raises Violation (an AssertionError) that names the seed."""
    with tempfile.TemporaryDirectory(dir=factory.root) as folder:
        run = Run(factory, seed, Path(folder))
        try:
            run.bad_day()
            run.heal()
            check_everything(run.server, run.handsets, run.truth)
        except (AssertionError, Exception) as error:
            tail = "\n".join(run.trace[-25:])
            raise Violation(f"seed {seed}: {type(error).__name__}: {error}\n{tail}") from error
        finally:
            for handset in run.handsets:
                handset.device.close()
        return run.trace
