using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Peering;

/// <summary>Asks routers whether this daemon's announced address leads to it: only somebody else can know.</summary>
internal sealed class ReachClient(PeerHttp http, KeyPair identity, PublicAddress address, TimeProvider time)
{
    /// <summary>The router itself waits five seconds for a connection.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private const int MaxReportBytes = 4096;

    /// <summary>The router's report, or why it made none.</summary>
    public async Task<(ReachReport? Report, Refusal? Refusal)> AskAsync(PeerEndpoint router, CancellationToken cancellationToken)
    {
        if (address.Endpoint is not { } own) return (null, new Refusal(ErrorCode.ServiceUnconfigured, "This daemon does not listen yet."));
        var probe = new ReachProbe { Endpoint = own.ToString(), TlsSpki = address.TlsSpki };
        var envelope = EnvelopeSealer.Seal(probe, ProtocolJson.Default.ReachProbe, identity, time.GetUtcNow().ToUnixTimeMilliseconds());
        using var limit = new PeerDeadline(Limit, time, cancellationToken);
        try
        {
            using var answer = await http.PostAsync(router, "probe", envelope, limit.Token);
            if (!answer.IsSuccessStatusCode) return (null, await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, limit.Token));
            await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(limit.Token), MaxReportBytes);
            return await JsonSerializer.DeserializeAsync(body, ProtocolJson.Default.ReachReport, limit.Token) is { } report ? (report, null) : (null, Odd);
        }
        catch (JsonException)
        {
            return (null, Odd);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            return (null, PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer."));
        }
    }

    /// <summary>Whether the router answers here at all; null when it does.</summary>
    public async Task<Refusal?> GreetAsync(PeerEndpoint router, CancellationToken cancellationToken)
    {
        using var limit = new PeerDeadline(Limit, time, cancellationToken);
        try
        {
            await http.GetOnceAsync(router, "health", only: null, MaxReportBytes, limit.Token);
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            return PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer.");
        }
    }

    private static Refusal Odd { get; } = new(ErrorCode.RouterError, "The router's report is not one.");
}
