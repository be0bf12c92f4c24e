using System.Net;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Hosting;

/// <summary>What a daemon needs to know before it can be built. Only the relay alone has no data folder and no key.</summary>
internal sealed record DaemonContext
{
    public required Role Role { get; init; }
    public required FedAiOptions Options { get; init; }
    public string? DataFolder { get; init; }
    public KeyPair? Key { get; init; }

    /// <summary>The router's own signed manifest, by which it goes.</summary>
    public RouterManifest? Manifest { get; init; }

    /// <summary>Reads the configuration again from where <see cref="Options"/> came from, for <see cref="Reload"/>.</summary>
    public Func<Task<OptionsResult>>? Reread { get; init; }

    /// <summary>Where this role listens: the configured address, else its own port on loopback (DECISIONS E17).</summary>
    public IPEndPoint Listen => ListenAddress.TryParse(Role == Role.Gateway ? Options.Gateway.Listen : Options.Http.Listen, out var address)
        ? address
        : new IPEndPoint(IPAddress.Loopback, Role switch { Role.Router => 8480, Role.Node => 8481, Role.Gateway => 8484, _ => 8480 });
}
