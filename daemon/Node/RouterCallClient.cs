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

    public async Task<Refusal?> PostAsync<T>(PublicKey router, string path, T payload, JsonTypeInfo<T> type, CancellationToken stopping)
    {
        if (routers.Resolve(router) is not { } endpoint)
            return new Refusal(ErrorCode.RouterUnreachable, "The router has not announced an address on the relays yet; name one in node.routers as npub…@https://host.");

        var envelope = EnvelopeSealer.Seal(payload, type, identity, time.GetUtcNow().ToUnixTimeMilliseconds());
        using var deadline = new PeerDeadline(AnswerTimeout, time, stopping);
        try
        {
            using var answer = await http.PostAsync(endpoint, path, envelope, deadline.Token);
            return answer.IsSuccessStatusCode ? null : await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, deadline.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || deadline.Expired(exception))
        {
            return PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer.");
        }
    }
}
