using System.Text.Json.Serialization.Metadata;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Node;

/// <summary>What a node says to its routers: signed envelopes, one POST each; null when the router took it.</summary>
internal sealed class RouterCallClient(PeerHttp http, RouterLinks routers, KeyPair identity, TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<Refusal?> PostAsync<T>(PublicKey router, string path, T payload, JsonTypeInfo<T> type, CancellationToken stopping)
    {
        var refusal = await PostSignedAsync(router, path, EnvelopeSealer.Seal(payload, type, identity, NowMs), stopping);
        return AfterFloor.SignAtMs(refusal, NowMs) is { } later ? await PostSignedAsync(router, path, EnvelopeSealer.Seal(payload, type, identity, later), stopping) : refusal;
    }

    /// <summary>The same for what carries its signature already.</summary>
    public async Task<Refusal?> PostSignedAsync(PublicKey router, string path, byte[] signed, CancellationToken stopping)
    {
        if (routers.Resolve(router) is not { } endpoint)
            return new Refusal(ErrorCode.RouterUnreachable, "The router has not announced an address on the relays yet; name one in node.routers as npub…@https://host.");
        using var deadline = new PeerDeadline(AnswerTimeout, time, stopping);
        try
        {
            using var answer = await http.PostAsync(endpoint, path, signed, deadline.Token);
            return answer.IsSuccessStatusCode ? null : await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, deadline.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || deadline.Expired(exception))
        {
            return PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer.");
        }
    }
}
