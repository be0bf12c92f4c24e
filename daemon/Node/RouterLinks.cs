using System.Collections.Frozen;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Node;

/// <summary>The routers this node serves, those it names and those it joined, and where they are now.</summary>
internal sealed class RouterLinks(IReadOnlyList<RouterLink> links, RouterDirectory directory)
{
    private volatile FrozenSet<PublicKey> joined = [];
    private volatile FrozenSet<PublicKey> all = links.Select(link => link.Key).ToFrozenSet();
    private volatile TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Those of node.routers.</summary>
    public IReadOnlySet<PublicKey> Named { get; } = links.Select(link => link.Key).ToFrozenSet();

    /// <summary>Those found by node.join.</summary>
    public IReadOnlySet<PublicKey> Joined => joined;

    /// <summary>All that may ask.</summary>
    public IReadOnlySet<PublicKey> Keys => all;

    /// <summary>Completes when routers were joined or left after this call.</summary>
    public Task NextChange() => change.Task;

    /// <summary>From now on these beside the named ones. For one thread.</summary>
    public void Join(IReadOnlyCollection<PublicKey> found)
    {
        if (joined.SetEquals(found)) return;
        joined = found.ToFrozenSet();
        all = Named.Concat(found).ToFrozenSet();
        Interlocked.Exchange(ref change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>How the router is reached: as configured, else as it announced; null while unknown. Its announced TLS keys count in both cases: it signed them, and a configured one ends when it changes its key.</summary>
    public PeerEndpoint? Resolve(PublicKey router)
    {
        var announced = directory.Find(router)?.Endpoint;
        return links.FirstOrDefault(link => link.Key.Equals(router))?.Named is { } named
            ? named with { TlsSpki = announced?.TlsSpki is { Count: > 0 } signed ? [.. (named.TlsSpki ?? []).Union(signed, StringComparer.OrdinalIgnoreCase)] : named.TlsSpki }
            : announced;
    }
}
