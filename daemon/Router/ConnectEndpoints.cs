using System.Security.Cryptography;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Http.Features;

namespace FedAi.Daemon.Router;

/// <summary>Where a node without a reachable port connects, to be asked over that connection (DECISIONS E13).</summary>
internal sealed partial class ConnectEndpoints(EnvelopeGate gate, RouterAdmission admit, NodeChannels channels, NodeDirectory nodes, KeyPair identity, ILogger<ConnectEndpoints> logger)
{
    public void Map(IEndpointRouteBuilder app) => app.MapGet("/" + ChannelHandshake.Path, (RequestDelegate)ConnectAsync);

    private async Task ConnectAsync(HttpContext context)
    {
        if (context.Request.Headers.Upgrade != ChannelHandshake.Protocol || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
        {
            await WireAnswer.RefuseAsync(context.Response, new Refusal(ErrorCode.InvalidRequest, $"Nodes connect here with Upgrade: {ChannelHandshake.Protocol} over HTTP/1.1; a proxy in between must pass it on."));
            return;
        }

        var stranger = PeerAddress.IsLocal(context) ? null : context.Connection.RemoteIpAddress;
        var (place, full) = gate.Admits(context) is { } tooOften ? (null, tooOften) : channels.Enter(stranger);
        if (place is null)
        {
            await WireAnswer.RefuseAsync(context.Response, full!);
            return;
        }

        using (place)
        {
            await using var stream = await upgrade.UpgradeAsync();
            await ServeAsync(context, stream, place);
        }
    }

    private async Task ServeAsync(HttpContext context, Stream stream, NodePlace place)
    {
        using var channel = new PeerChannel(stream, IsConfidential(context));
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var node = await ShakeHandsAsync(context, stream, channel, time);
        place.EndHandshake();
        if (node is null) return;

        try
        {
            LogOpened(node.Npub);
            await channel.HoldAsync(time, context.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // It broke: told below, like any other end.
        }
        finally
        {
            channels.Remove(node, channel);
            nodes.Lose(channel);
            LogClosed(node.Npub);
        }
    }

    /// <summary>The node came over TLS, ours or that of the proxy which stands at the address this router announces; or it never left this machine.</summary>
    private static bool IsConfidential(HttpContext context) => context.Request.IsHttps || PeerAddress.IsLocal(context)
        || context.RequestServices.GetRequiredService<PublicAddress>().Endpoint?.Scheme == Uri.UriSchemeHttps;

    /// <summary>The node that proved to be there, its channel known; null when it was turned away, which it was told if it still listens.</summary>
    private async Task<PublicKey?> ShakeHandsAsync(HttpContext context, Stream stream, PeerChannel channel, TimeProvider time)
    {
        using var limit = new PeerDeadline(ChannelHandshake.Limit, time, context.RequestAborted);
        try
        {
            var challenge = RandomNumberGenerator.GetBytes(ChannelHandshake.ChallengeBytes);
            await ChannelHandshake.WriteAsync(stream, challenge, limit.Token);
            var admission = await gate.AdmitAsync(context, await ChannelHandshake.ReadAsync(stream, limit.Token), ProtocolJson.Default.NodeConnect, key => admit.Node(context, key));
            var refusal = admission.Refusal ?? Check(admission.Payload, challenge);
            if (refusal is not null)
            {
                await ChannelHandshake.WriteAsync(stream, WireAnswer.ToJson(refusal), limit.Token);
                return null;
            }

            channels.Put(admission.Key, channel);
            await ChannelHandshake.WriteAsync(stream, default, limit.Token);
            return admission.Key;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>An answer to another challenge is an old one; one for another router was meant for it.</summary>
    private Refusal? Check(NodeConnect answer, byte[] challenge) =>
        answer.RouterId != identity.PublicKey.Npub ? new Refusal(ErrorCode.KeyIdMismatch, "payload.routerId must be the npub of this router.")
        : answer.Challenge != Convert.ToBase64String(challenge) ? new Refusal(ErrorCode.InvalidRequest, "payload.challenge must be the one this router has just sent.")
        : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "node {Node} connected and is asked over its connection")]
    private partial void LogOpened(string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "the connection of node {Node} ended")]
    private partial void LogClosed(string node);
}
