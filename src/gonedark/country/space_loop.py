# cython: wraparound=False, initializedcheck=False, cdivision=True
"""How many addresses a changing set of prefixes covers, each address once: compiled where possible.

Begin with :class:`Cover`. An atom (see :mod:`gonedark.country.atoms`) counts while at least one visible prefix lies
over it. Not for deciding what is visible.
"""

from typing import Any

import cython
import numpy as np


@cython.final
@cython.cclass
class Cover:
    """Which prefixes are visible in each of several layers, and what follows, one number for each layer.

    ``prefixes`` counts them, ``addresses`` what they cover. Against a yardstick (a set of atoms): ``kept`` are its
    addresses that are covered, ``inside`` all covered ones, of each network at most as many as it has in the yardstick.
    Columns are taken as memory (``.data``), which gives plain Python numbers where the loops run uncompiled.
    """

    begin: cython.const[cython.int][::1]
    end: cython.const[cython.int][::1]
    weight: cython.const[cython.longlong][::1]
    home: cython.const[cython.int][::1]
    time_us: cython.const[cython.longlong][::1]
    layer: cython.const[cython.int][::1]
    prefix: cython.const[cython.int][::1]
    shown: cython.const[cython.uchar][::1]
    visible = cython.declare(object, visibility="public")
    is_visible: cython.uchar[:, ::1]
    over: cython.int[:, ::1]
    held: cython.longlong[:, ::1]
    usual: cython.longlong[::1]
    yardstick: cython.uchar[::1]
    prefixes = cython.declare(cython.longlong[::1], visibility="public")
    addresses = cython.declare(cython.longlong[::1], visibility="public")
    kept = cython.declare(cython.longlong[::1], visibility="public")
    inside = cython.declare(cython.longlong[::1], visibility="public")

    def __init__(self, atoms: Any, networks: int, layers: int) -> None:
        self.begin, self.end = atoms.begin.data, atoms.end.data
        self.weight, self.home = atoms.weight.data, atoms.home.data
        self.visible = np.zeros((layers, len(atoms.begin)), dtype=np.uint8)
        self.is_visible = self.visible.data
        self.over = np.zeros((layers, len(atoms.weight)), dtype=np.int32).data
        self.held = np.zeros((layers, networks), dtype=np.int64).data
        self.usual = np.zeros(networks, dtype=np.int64).data
        self.yardstick = np.zeros(len(atoms.weight), dtype=np.uint8).data
        counts = [np.zeros(layers, dtype=np.int64).data for _ in range(4)]
        self.prefixes, self.addresses, self.kept, self.inside = counts

    def read(self, time_us: Any, layer: Any, prefix: Any, shown: Any) -> None:
        """The changes to be replayed, in order of time: ``prefix`` becomes visible in ``layer``, or no longer is."""
        self.time_us, self.layer = time_us.data, layer.data
        self.prefix, self.shown = prefix.data, shown.data

    def measure_against(self, yardstick: Any, usual: Any) -> None:
        """From now on ``yardstick`` are the atoms (uint8 mask) and ``usual`` each network's addresses in them."""
        covered = np.asarray(self.over) > 0
        self.yardstick, self.usual = yardstick.data, usual.data
        np.asarray(self.kept)[:] = (covered & (yardstick > 0)) @ np.asarray(self.weight)
        np.asarray(self.inside)[:] = np.minimum(np.asarray(self.held), usual).sum(axis=1)

    def advance(self, start: cython.Py_ssize_t) -> int:
        """Apply the changes of the instant that begins at row ``start``; the row behind them."""
        row: cython.Py_ssize_t = start
        count: cython.Py_ssize_t = self.time_us.shape[0] if cython.compiled else len(self.time_us)
        with cython.nogil:
            while row < count and self.time_us[row] == self.time_us[start]:
                self._flip(self.layer[row], self.prefix[row], self.shown[row])
                row += 1
        return row

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _flip(self, layer: cython.Py_ssize_t, prefix: cython.Py_ssize_t, shown: cython.uchar) -> cython.int:
        atom: cython.Py_ssize_t
        if self.is_visible[layer, prefix] == shown:
            return 0
        self.is_visible[layer, prefix] = shown
        self.prefixes[layer] += 1 if shown else -1
        for atom in range(self.begin[prefix], self.end[prefix]):
            if shown:
                if self.over[layer, atom] == 0:
                    self._count(layer, atom, self.weight[atom])
                self.over[layer, atom] += 1
            else:
                self.over[layer, atom] -= 1
                if self.over[layer, atom] == 0:
                    self._count(layer, atom, -self.weight[atom])
        return 0

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _count(self, layer: cython.Py_ssize_t, atom: cython.Py_ssize_t, addresses: cython.longlong) -> cython.int:
        """An atom is covered now, or no longer is, and so many addresses come or go with it."""
        network: cython.Py_ssize_t = self.home[atom]
        held: cython.longlong = self.held[layer, network]
        usual: cython.longlong = self.usual[network]
        self.held[layer, network] = held + addresses
        self.addresses[layer] += addresses
        self.kept[layer] += addresses * self.yardstick[atom]
        self.inside[layer] += min(held + addresses, usual) - min(held, usual)
        return 0
