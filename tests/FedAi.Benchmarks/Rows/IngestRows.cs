using System.Diagnostics;
using System.Globalization;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>Events from relays through the whole ingest on one core: those that are taken, beside bare reading and verifying; and those that are refused before that.</summary>
internal static class IngestRows
{
    private const int Rounds = 5;
    private const int Authors = 1_000;
    private const int PerAuthor = 10;
    private const int Events = Authors * PerAuthor;
    private const int ForgedEvery = 100;
    private const int Refused = 400_000;
    private const int MaxFrameBytes = 64 * 1024;

    // A relay may make us check so many signatures at once, and a federation of this size has several.
    private static readonly Uri[] Relays = [.. Enumerable.Range(0, 4).Select(i => new Uri($"wss://relay{i}.example"))];

    public static Task<IReadOnlyList<Figure>> IngestAsync(Progress progress, CancellationToken cancellationToken) =>
        Task.Run(() => MeasureIngest(progress, cancellationToken), cancellationToken);

    public static Task<IReadOnlyList<Figure>> RefusedAsync(Progress progress, CancellationToken cancellationToken) =>
        Task.Run(() => MeasureRefused(progress, cancellationToken), cancellationToken);

    private static IReadOnlyList<Figure> MeasureIngest(Progress progress, CancellationToken cancellationToken)
    {
        progress.Say($"signing {Events} announcements of {Authors} routers");
        var frames = MakeAnnouncements(out var forged);
        IngestAll(frames, NewIngest());
        VerifyAll(frames);

        List<double> through = [], bare = [];
        var wrong = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ingest = NewIngest();
            bare.Add(PerSecond(Events, () => VerifyAll(frames)));
            through.Add(PerSecond(Events, () => wrong += Math.Abs(IngestAll(frames, ingest) - (Events - forged))));
            progress.Say(Number($"round {round} of {Rounds}: {through[^1]:0} /s, bare {bare[^1]:0} /s"));
        }

        var ratio = Statistics.Median(through.Zip(bare, (got, baseline) => got / baseline));
        return
        [
            new Figure("valid events through the whole ingest, one core", "≥ 0.8 × bare parse+id+verify", Number($"{Statistics.Median(through):0} /s, {ratio:0.00} ×"),
                ratio >= 0.8, Number($"bare {Statistics.Median(bare):0} /s")),
            new Figure("ingest: forged ones refused, no others", "all", wrong == 0 ? "all" : $"{wrong} judged wrongly", wrong == 0),
        ];
    }

    private static IReadOnlyList<Figure> MeasureRefused(Progress progress, CancellationToken cancellationToken)
    {
        using var muted = KeyPair.Generate();
        using var router = KeyPair.Generate();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var sample = new SampleAnnouncement(router, now);
        var known = RelayFrame.WriteEvent("x", sample.SignCaps());
        byte[][] frames =
        [
            RelayFrame.WriteEvent("x", ControlEvents.Sign(router, sample.Caps with { Payload = new byte[MaxFrameBytes] })),
            RelayFrame.WriteEvent("x", ControlEvents.Sign(router, sample.Caps, expirationSeconds: now / 1000 - 1)),
            RelayFrame.WriteEvent("x", (sample with { Key = muted }).SignCaps()),
            known,
        ];
        var ingest = NewIngest(muted.PublicKey);
        TakeOne(known, ingest);
        RefuseAll(frames, ingest, Refused / 10);

        List<double> rates = [];
        var wrong = 0;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 1; round <= Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rates.Add(PerSecond(Refused, () => wrong += RefuseAll(frames, ingest, Refused)));
            progress.Say(Number($"round {round} of {Rounds}: {rates[^1]:0} /s"));
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        return
        [
            new Figure("events refused early (oversize, expired, muted, duplicate)", "≥ 200000 /s", Number($"{Statistics.Median(rates):0} /s"), Statistics.Median(rates) >= 200_000),
            new Figure($"memory grown by {Rounds * Refused / 1_000_000} million refused events", "0 KiB", Number($"{grown / 1024} KiB"), grown < 64 * 1024),
            new Figure("refused early: all of them", "all", wrong == 0 ? "all" : $"{wrong} taken", wrong == 0),
        ];
    }

    private static byte[][] MakeAnnouncements(out int forged)
    {
        var keys = Enumerable.Range(0, Authors).Select(_ => KeyPair.Generate()).ToArray();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
        var frames = new byte[Events][];
        Parallel.For(0, Events, index =>
        {
            var (author, turn) = (keys[index % Authors], index / Authors);
            var sample = new SampleAnnouncement(author, now + turn * 1000L);
            var signed = turn % 2 == 0 ? sample.SignCaps() : sample.SignStatus();
            frames[index] = EventSample.Of(signed, forged: index % ForgedEvery == 37).Frame;
        });
        Array.ForEach(keys, key => key.Dispose());
        forged = Enumerable.Range(0, Events).Count(index => index % ForgedEvery == 37);
        return frames;
    }

    private static RelayIngest NewIngest(params PublicKey[] muted) => new(
        new ControlMessageHandler(new RouterDirectory(TimeProvider.System), PrivateNetworks.Loopback),
        new TrustScores(PeerLists.Empty with { Mute = new HashSet<PublicKey>(muted) }, new WotOptions()), new FederationNetwork("main"), own: null, TimeProvider.System);

    private static int IngestAll(byte[][] frames, RelayIngest ingest)
    {
        var taken = 0;
        for (var i = 0; i < frames.Length; i++)
            if (RelayFrame.TryParse(frames[i], MaxFrameBytes, out var frame) && ingest.Take(frame.Event!, Relays[i % Relays.Length]) is IngestVerdict.Taken) taken++;
        return taken;
    }

    private static int VerifyAll(byte[][] frames) => frames.Count(bytes => RelayFrame.TryParse(bytes, MaxFrameBytes, out var frame) && frame.Event!.Verify());

    /// <summary>How many were not refused.</summary>
    private static int RefuseAll(byte[][] frames, RelayIngest ingest, int count)
    {
        var wrong = 0;
        for (var i = 0; i < count; i++)
            if (TakeOne(frames[i % frames.Length], ingest)) wrong++;
        return wrong;
    }

    private static bool TakeOne(byte[] bytes, RelayIngest ingest) =>
        RelayFrame.TryParse(bytes, MaxFrameBytes, out var frame) && ingest.Take(frame.Event!, Relays[0]) is IngestVerdict.Taken or IngestVerdict.InvalidSignature;

    private static double PerSecond(int count, Action run)
    {
        var start = Stopwatch.GetTimestamp();
        run();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
