using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Gateway;

/// <summary>Asks a router which node would do a request, and for what (POST /quote): the router's own signed word.</summary>
internal sealed class QuoteClient(PeerHttp http, RequestTraces traces, KeyPair identity, TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A quote with its seal key has less than 2 KiB.</summary>
    private const int MaxAnswerBytes = 16 * 1024;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task<(QuoteResponse? Quote, Refusal? Refusal)> AskAsync(KnownRouter router, QuoteRequest asked, CancellationToken cancellationToken)
    {
        var told = await AskAsync(router, asked, NowMs, cancellationToken);
        return AfterFloor.SignAtMs(told.Refusal, NowMs) is { } later ? await AskAsync(router, asked, later, cancellationToken) : told;
    }

    private async Task<(QuoteResponse? Quote, Refusal? Refusal)> AskAsync(KnownRouter router, QuoteRequest asked, long signedAtMs, CancellationToken cancellationToken)
    {
        using var deadline = new PeerDeadline(AnswerTimeout, time, cancellationToken);
        var body = EnvelopeSealer.Seal(asked, ProtocolJson.Default.QuoteRequest, identity, signedAtMs);
        try
        {
            using var answer = await http.PostAsync(router.Endpoint, "quote", body, deadline.Token);
            if (!answer.IsSuccessStatusCode) return (null, await PeerRefusal.ReadAsync(answer, ErrorCode.RouterError, deadline.Token));
            await using var stream = new BoundedStream(await answer.Content.ReadAsStreamAsync(deadline.Token), MaxAnswerBytes);
            using var json = await JsonDocument.ParseAsync(stream, cancellationToken: deadline.Token);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("quote"u8, out var nested)
                && EnvelopeSealer.TryOpen(nested, out var envelope, out _)
                && envelope.Key.Equals(router.Key) && envelope.VerifySignature()
                && envelope.TryRead(ProtocolJson.Default.QuoteResponse, out var quote, out _)
                && quote.RequestId == asked.RequestId && quote.ModelId == asked.ModelId)
            {
                traces.Quoted(asked.RequestId, router.Key, asked.ModelId, Prices.ToMsat(quote.Price.Total) ?? 0);
                return (quote, null);
            }

            return (null, new Refusal(ErrorCode.RouterError, "The router's quote is not signed by it, or belongs to another request."));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the second: a name with half a surrogate pair
        {
            return (null, new Refusal(ErrorCode.RouterError, "The router's quote does not hold the JSON it should."));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (exception is HttpRequestException or IOException || deadline.Expired(exception)))
        {
            return (null, PeerRefusal.Unreachable(exception, ErrorCode.RouterUnreachable, "The router did not answer."));
        }
    }
}
