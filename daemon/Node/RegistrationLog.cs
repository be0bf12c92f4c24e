using System.Collections.Concurrent;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>How the last registration at each router went; for <c>/status</c>, and so that the log tells changes only.</summary>
internal sealed class RegistrationLog
{
    /// <summary>The state of a router that took this node.</summary>
    public const string Registered = "registered";

    private readonly ConcurrentDictionary<PublicKey, string> states = new();

    /// <summary>Per router: <c>registered</c> or the code it refused with.</summary>
    public IReadOnlyDictionary<PublicKey, string> States => states;

    public bool IsRegistered(PublicKey router) => states.GetValueOrDefault(router) == Registered;

    /// <summary>Notes an outcome; true when it differs from the one before.</summary>
    public bool Set(PublicKey router, Refusal? refusal)
    {
        var next = refusal is null ? Registered : refusal.Code.Wire();
        var changed = !states.TryGetValue(router, out var before) || before != next;
        states[router] = next;
        return changed;
    }
}
