using System.Net;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>Opens a connection to a router on which the router will ask, and proves which node it comes from (DECISIONS E13).</summary>
internal sealed class RouterConnectClient(PeerHttp http, RouterLinks routers, KeyPair identity, TimeProvider time)
{
    private static readonly Refusal Unanswered = new(ErrorCode.RouterUnreachable, "The router did not answer.");

    /// <summary>The open connection and whom it leads to, or why there is none.</summary>
    public async Task<(Stream? Connection, IPEndPoint? Router, Refusal? Refusal)> OpenAsync(PublicKey router, CancellationToken stopping)
    {
        if (routers.Resolve(router) is not { } endpoint) return (null, null, Unanswered);
        using var limit = new PeerDeadline(ChannelHandshake.Limit * 2, time, stopping);
        Stream? connection = null;
        try
        {
            (connection, var address, var refusal) = await http.UpgradeAsync(endpoint, ChannelHandshake.Path, ChannelHandshake.Protocol, limit.Token);
            refusal ??= await ShakeHandsAsync(connection!, router, limit.Token);
            if (refusal is null) return (connection, address, null);
            if (connection is not null) await connection.DisposeAsync();
            return (null, null, refusal);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || limit.Expired(exception))
        {
            if (connection is not null) await connection.DisposeAsync();
            return (null, null, PeerRefusal.Unreachable(exception, Unanswered.Code, Unanswered.Hint!));
        }
        catch
        {
            if (connection is not null) await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<Refusal?> ShakeHandsAsync(Stream connection, PublicKey router, CancellationToken cancellationToken)
    {
        var challenge = await ChannelHandshake.ReadAsync(connection, cancellationToken);
        if (challenge.Length != ChannelHandshake.ChallengeBytes) return new Refusal(ErrorCode.RouterError, "The router's challenge is not one.");
        var answer = new NodeConnect { RouterId = router.Npub, Challenge = Convert.ToBase64String(challenge) };
        await ChannelHandshake.WriteAsync(connection, EnvelopeSealer.Seal(answer, ProtocolJson.Default.NodeConnect, identity, time.GetUtcNow().ToUnixTimeMilliseconds()), cancellationToken);
        var verdict = await ChannelHandshake.ReadAsync(connection, cancellationToken);
        return verdict.Length == 0 ? null : PeerRefusal.Parse(verdict, ErrorCode.RouterError);
    }
}
