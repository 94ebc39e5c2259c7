"""A recording of speech as log-mel spectrograms: what the network of speech quality hears."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from examples.networks.download import Package, file_of
from zkinfer.graph.graph import Array

RECORDING = Package("webrtcvad", "2.0.10")
"""Ships speech as raw 16 bit samples."""
RECORDED_RATE, RATE = 8000, 16000
SECONDS, HOP, WINDOW, BANDS, FRAMES = 9.01, 160, 321, 120, 900


def spectrograms(cache: Path, count: int) -> list[Array]:
    """Nine seconds of the recording each, repeated where it is shorter, from different places and at different volumes
    of noise; 1 x 900 x 120."""
    raw = file_of(RECORDING, "test-audio.raw", cache).read_bytes()
    samples = np.frombuffer(raw, dtype="<i2").astype(np.float64) / 32768
    times = np.arange(2 * len(samples)) / 2
    speech = np.interp(times, np.arange(len(samples)), samples)  # twice the rate
    rng = np.random.default_rng(3)
    out = []
    for k in range(count):
        length = int(SECONDS * RATE) - HOP
        moved = np.resize(np.roll(speech, -k * RATE // 4), length)
        noise = 0.0 if k == 0 else 10 ** rng.uniform(-4, -1.5)
        out.append(log_mel(moved + noise * rng.standard_normal(length)).astype(np.float32)[None])
    return out


def log_mel(samples: Array) -> Array:
    """The spectrogram in decibels under the loudest, (dB + 40) / 40, time first."""
    padded = np.pad(samples, WINDOW // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:FRAMES]
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    mel = power @ _filters(power.shape[1]).T
    decibels = 10 * np.log10(np.maximum(mel, 1e-10) / max(1e-10, float(mel.max())))
    return np.asarray((np.maximum(decibels, -80.0) + 40) / 40)


def _filters(bins: int) -> Array:
    """Triangles of equal area, evenly spaced on the mel scale of Slaney: linear up to 1 kHz, then logarithmic."""
    mels = np.linspace(0, _mel(np.array(RATE / 2)), BANDS + 2)
    step = np.log(6.4) / 27
    hertz = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(step * (mels - 15)))
    frequencies = np.linspace(0, RATE / 2 * (WINDOW - 1) / WINDOW, bins)
    rising = (frequencies - hertz[:-2, None]) / np.diff(hertz)[:-1, None]
    falling = (hertz[2:, None] - frequencies) / np.diff(hertz)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * (2 / (hertz[2:] - hertz[:-2]))[:, None])


def _mel(hertz: Array) -> Array:
    return np.where(hertz < 1000, hertz * 3 / 200, 15 + 27 * np.log(np.maximum(hertz, 1) / 1000) / np.log(6.4))
