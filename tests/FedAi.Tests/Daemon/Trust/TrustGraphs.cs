using System.Security.Cryptography;
using FedAi.Daemon.Store;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;

namespace FedAi.Tests.Daemon.Trust;

/// <summary>Graphs as tests write them down: keys by small numbers, and who says what of whom.</summary>
internal sealed class TrustGraphs
{
    public const int Root = 0;

    private int said;

    public TrustGraph Graph { get; } = new();

    public static Hex32 Key(int number) => Hex32.From(SHA256.HashData(BitConverter.GetBytes(number)));

    public static TrustSources Sources(int depth = 2, int[]? roots = null, int[]? followed = null, int[]? keptOut = null, int[]? providers = null) => new(
        [.. (roots ?? [Root]).Select(Key)], (followed ?? []).Select(Key).ToHashSet(), (keptOut ?? []).Select(Key).ToHashSet(), [.. (providers ?? []).Select(Key)], depth);

    public bool Follow(int author, params IEnumerable<int> keys) => Say(author, NostrKinds.FollowList, keys);

    public bool Mute(int author, params IEnumerable<int> keys) => Say(author, NostrKinds.MuteList, keys);

    public bool Report(int author, int subject) => Graph.Take(Statement(author, NostrKinds.Report, subject, [], 0));

    public bool Rank(int provider, int subject, int rank) => Graph.Take(Statement(provider, NostrKinds.Assertion, subject, [], rank));

    public TrustFlow Flow(int depth = 2) => TrustFlow.Over(Graph, Sources(depth));

    /// <summary>The score of a key that this daemon never asked.</summary>
    public int Score(int key, TrustSources? sources = null) => Snapshot(sources).Of(Key(key));

    public TrustSnapshot Snapshot(TrustSources? sources = null, PeerExperience? experience = null)
    {
        sources ??= Sources();
        return TrustScoring.Snapshot(Graph, TrustFlow.Over(Graph, sources), sources, experience ?? new PeerExperience(TimeProvider.System));
    }

    private bool Say(int author, int kind, IEnumerable<int> keys) => Graph.Take(Statement(author, kind, null, [.. keys.Select(Key)], 0));

    private TrustStatement Statement(int author, int kind, int? subject, Hex32[] keys, int rank) =>
        new(Key(author), kind, subject is { } about ? Key(about) : default, ++said, Key(-said), keys, rank);
}
