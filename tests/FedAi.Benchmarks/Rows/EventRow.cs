using System.Diagnostics;
using System.Globalization;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;

namespace FedAi.Benchmarks.Rows;

/// <summary>Events verified from the bytes of a relay's frame on one core, beside libsecp256k1's bare verification.</summary>
internal static class EventRow
{
    private const int Rounds = 5;
    private const int Authors = 1_000;
    private const int Events = 10_000;
    private const int ForgedEvery = 100;

    public static Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken) =>
        Task.Run(() => Measure(progress, cancellationToken), cancellationToken);

    private static IReadOnlyList<Figure> Measure(Progress progress, CancellationToken cancellationToken)
    {
        progress.Say($"signing {Events} events of {Authors} authors");
        var samples = MakeSamples();
        VerifyAll(samples, out _);
        VerifyBare(samples);

        List<double> verified = [], bare = [];
        var (wrong, allocated) = (0, 0L);
        for (var round = 1; round <= Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bare.Add(PerSecond(() => VerifyBare(samples)));
            verified.Add(PerSecond(() => wrong += VerifyAll(samples, out allocated)));
            progress.Say(Number($"round {round} of {Rounds}: {verified[^1]:0} /s, the bare library {bare[^1]:0} /s"));
        }

        var (got, library) = (Statistics.Median(verified), Statistics.Median(bare));
        return
        [
            new Figure("events verified from wire bytes, one core", "≥ 20000 /s or 0.8 × library", Number($"{got:0} /s, {got / library:0.00} ×"),
                got >= 20_000 || got >= 0.8 * library, Number($"the bare library {library:0} /s")),
            new Figure("bytes allocated by a verification", "0", Number($"{(double)allocated / Events:0.##}"), allocated == 0),
            new Figure("events: forged ones refused, no others", "all", wrong == 0 ? "all" : $"{wrong} judged wrongly", wrong == 0),
        ];
    }

    private static EventSample[] MakeSamples()
    {
        var keys = Enumerable.Range(0, Authors).Select(_ => KeyPair.Generate()).ToArray();
        var samples = new EventSample[Events];
        Parallel.For(0, Events, index =>
        {
            var signed = NostrEvent.Sign(keys[index % Authors], kind: 30020, createdAt: 1_760_000_000 + index,
                [["d", $"fedai:main:caps:{index}"], ["t", "CAPS_ANNOUNCE"], ["v", "0.1"], ["exp", "1760003600000"], ["expiration", "1760003600"]],
                $$"""{"routerId":"{{keys[index % Authors].PublicKey.Npub}}","note":"größer \"und\" schöner 🙂","n":{{index}},"pad":"{{new string('x', 400)}}"}""");
            samples[index] = EventSample.Of(signed, forged: index % ForgedEvery == 37);
        });
        Array.ForEach(keys, key => key.Dispose());
        return samples;
    }

    /// <summary>Gives how many events were judged wrongly, and what the verifications allocated (reading a frame may allocate).</summary>
    private static int VerifyAll(EventSample[] samples, out long allocated)
    {
        var wrong = 0;
        allocated = 0;
        foreach (var sample in samples)
        {
            var valid = false;
            if (RelayFrame.TryParse(sample.Frame, maxBytes: 64 * 1024, out var frame))
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                valid = frame.Event!.Verify();
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }

            if (valid == sample.Forged) wrong++;
        }

        return wrong;
    }

    private static int VerifyBare(EventSample[] samples) => samples.Count(sample => Schnorr.Verify(sample.Signature, sample.Id, sample.Author));

    private static double PerSecond(Action verify)
    {
        var start = Stopwatch.GetTimestamp();
        verify();
        return Events / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
