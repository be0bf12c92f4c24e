using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Sends one request to a peer (a router to its node, a gateway to its router), signed with this daemon's key, and gives
/// back what the node made: every signature, hash, count and delta checked before an <see cref="InferenceEnd"/> is given.
/// </summary>
internal sealed class PeerInference(PeerHttp http, KeyPair identity, TimeProvider time)
{
    /// <summary>A peer that is silent for this long is given up: whoever is at work says so every ten seconds (DECISIONS E16b).</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <summary>Signs of life alone are believed for this long: six times what a node permits a request unless its operator says otherwise.</summary>
    private static readonly TimeSpan MaxWordless = TimeSpan.FromMinutes(30);

    /// <summary>A whole answer comes without signs of life. As long as a node permits a request unless its operator says otherwise.</summary>
    private static readonly TimeSpan MaxWhole = TimeSpan.FromMinutes(5);

    /// <summary>No honest answer is larger: 128 k tokens in chunk frames of about 200 bytes, and the whole text once more.</summary>
    private const long MaxAnswerBytes = 32 << 20;

    /// <summary>Honest nodes send one a token, and a tool call is some hundred of them.</summary>
    private const int MaxCallPieces = 1 << 16;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Streams the answer: deltas and signs of life as they arrive, then one end or failure.</summary>
    public async IAsyncEnumerable<InferenceEvent> StreamAsync(PeerTarget target, InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = new PeerDeadline(MaxSilence, time, cancellationToken);
        var sent = ForPeer(request, target);
        var (answer, refusal) = await SendAsync(target, "infer/stream", sent, silence, cancellationToken);
        if (answer is null)
        {
            yield return new InferenceFailure(refusal!);
            yield break;
        }

        using (answer)
        {
            if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                yield return Failure(ErrorCode.NodeStreamUnavailable, "The peer answered with something else than an event stream.");
                yield break;
            }

            await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(silence.Token), MaxAnswerBytes);
            await using var frames = SseParser.Create(body, PeerFrame.Parse).EnumerateAsync(silence.Token).GetAsyncEnumerator(silence.Token);
            var text = new StringBuilder();
            var calls = new List<ToolCallDelta>();
            var lastWord = time.GetTimestamp();
            while (true)
            {
                silence.Restart();
                var (frame, failure) = await NextAsync(frames, silence, cancellationToken);
                failure ??= frame.Refusal;
                if (failure is not null)
                {
                    yield return new InferenceFailure(failure);
                    yield break;
                }

                if (frame.Chunk is { } chunk)
                {
                    if (chunk.RequestId != request.RequestId)
                    {
                        yield return Failure(ErrorCode.RequestIdMismatch, "The peer streamed another request's answer.");
                        yield break;
                    }

                    text.Append(chunk.Delta);
                    var pieces = chunk.ToolCalls is { Count: > 0 } ? chunk.ToolCalls : null;
                    if (pieces is not null) calls.AddRange(pieces);
                    if (calls.Count > MaxCallPieces)
                    {
                        yield return Failure(ErrorCode.InvalidNodeResponse, "The peer's tool calls have no end.");
                        yield break;
                    }

                    if (chunk.Delta.Length > 0 || pieces is not null)
                    {
                        lastWord = time.GetTimestamp();
                        yield return new InferenceDelta(chunk.Delta, Tokens: 1, pieces);
                    }
                    else if (time.GetElapsedTime(lastWord) < MaxWordless)
                    {
                        yield return InferenceDelta.SignOfLife;
                    }
                    else
                    {
                        yield return Failure(ErrorCode.NodeTimeout, "The peer says that it is at work, and answers nothing.");
                        yield break;
                    }
                }
                else if (frame.Final is { } final)
                {
                    await Turns.Next();
                    yield return Close(target, sent, final, text, calls);
                    yield break;
                }
            }
        }
    }

    /// <summary>Asks for the whole answer at once, as existing software expects it: an end or a failure.</summary>
    public async Task<InferenceEvent> RunAsync(PeerTarget target, InferenceRequest request, CancellationToken cancellationToken)
    {
        using var silence = new PeerDeadline(MaxWhole, time, cancellationToken);
        var sent = ForPeer(request, target);
        var (answer, refusal) = await SendAsync(target, "infer", sent, silence, cancellationToken);
        if (answer is null) return new InferenceFailure(refusal!);
        using (answer)
        {
            try
            {
                await using var body = new BoundedStream(await answer.Content.ReadAsStreamAsync(silence.Token), MaxAnswerBytes);
                var final = await JsonSerializer.DeserializeAsync(body, ProtocolJson.Default.InferenceStreamFinal, silence.Token);
                return final is null ? Failure(ErrorCode.InvalidNodeResponse, "The peer answered null.") : Close(target, sent, final);
            }
            catch (JsonException)
            {
                return Failure(ErrorCode.InvalidNodeResponse, "The peer's answer does not hold the JSON it should.");
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException || silence.Expired(exception))
            {
                return Lost(exception, silence);
            }
        }
    }

    private async Task<(HttpResponseMessage? Answer, Refusal? Refusal)> SendAsync(
        PeerTarget target, string path, InferenceRequest request, PeerDeadline silence, CancellationToken cancellationToken)
    {
        var sent = await SendAsync(target, path, request, NowMs, silence, cancellationToken);
        return AfterFloor.SignAtMs(sent.Refusal, NowMs) is { } later ? await SendAsync(target, path, request, later, silence, cancellationToken) : sent;
    }

    private async Task<(HttpResponseMessage? Answer, Refusal? Refusal)> SendAsync(
        PeerTarget target, string path, InferenceRequest request, long signedAtMs, PeerDeadline silence, CancellationToken cancellationToken)
    {
        var envelope = EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, identity, signedAtMs);
        try
        {
            var answer = await http.PostAsync(target.Endpoint, path, envelope, silence.Token);
            if (answer.IsSuccessStatusCode) return (answer, null);
            using (answer) return (null, await PeerRefusal.ReadAsync(answer, ErrorCode.NodeError, silence.Token));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (exception is HttpRequestException or IOException || silence.Expired(exception)))
        {
            return (null, silence.Expired(exception)
                ? new Refusal(ErrorCode.NodeTimeout, "The peer did not answer in time.")
                : PeerRefusal.Unreachable(exception, ErrorCode.NodeUnreachable, "The peer could not be reached."));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<(PeerFrame Frame, Refusal? Failure)> NextAsync(
        IAsyncEnumerator<SseItem<PeerFrame>> frames, PeerDeadline silence, CancellationToken cancellationToken)
    {
        try
        {
            return await frames.MoveNextAsync()
                ? (frames.Current.Data, null)
                : (default, new Refusal(ErrorCode.StreamEnded, "The peer's stream ended without its signed final."));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && (exception is IOException or HttpRequestException || silence.Expired(exception)))
        {
            return (default, Lost(exception, silence).Refusal);
        }
    }

    private InferenceEvent Close(PeerTarget target, InferenceRequest sent, InferenceStreamFinal final, StringBuilder? streamed = null, List<ToolCallDelta>? streamedCalls = null)
    {
        if (!SignedResult.TryOpen(final, target.ExpectedNode, out var result, out var refusal)) return new InferenceFailure(refusal);
        var response = result.Response;
        if (response.RequestId != sent.RequestId || response.ModelId != sent.ModelId)
            return Failure(ErrorCode.NodeResponseMismatch, "The signed answer belongs to another request or model.");
        if (response.ToolCalls?.Count > ToolCalls.MaxCalls) return Failure(ErrorCode.InvalidNodeResponse, $"The signed answer has more than {ToolCalls.MaxCalls} tool calls.");
        if (streamed is not null && !streamed.Equals(response.Output))
            return Failure(ErrorCode.StreamMismatch, "The streamed text differs from the signed answer; its proof is void.");
        if (streamedCalls is not null && !(ToolCalls.Join(streamedCalls) is { } calls && ToolCalls.AreEqual(calls, response.ToolCalls)))
            return Failure(ErrorCode.StreamMismatch, "The streamed tool calls differ from the signed answer; its proof is void.");
        if (MeteringRules.Check(sent, result, target.ExpectedNodeId, NowMs, target.Pricing, onlyAsAsked: target is { ExpectedNode: not null, Chat: true }) is { } code)
            return Failure(code, "The node's metering record does not fit the request and the answer.");
        return new InferenceEnd(response.FinishReason ?? "stop", (int)result.Metering.InputTokens, (int)result.Metering.OutputTokens)
        {
            ToolCalls = response.ToolCalls is { Count: > 0 } ? response.ToolCalls : null,
            CachedTokens = (int)Math.Clamp(response.Usage.CachedTokens ?? 0, 0, result.Metering.InputTokens),
            Signed = result,
        };
    }

    private static InferenceRequest ForPeer(InferenceRequest request, PeerTarget target) =>
        request.Messages is not { } messages ? request
        : target.Chat ? request with { Prompt = "" }
        : request with { Prompt = PromptText.FromMessages(messages) };

    private static InferenceFailure Lost(Exception exception, PeerDeadline silence) => silence.Expired(exception)
        ? Failure(ErrorCode.NodeTimeout, "The peer fell silent.")
        : Failure(ErrorCode.NodeUnreachable, "The connection to the peer broke.");

    private static InferenceFailure Failure(ErrorCode code, string hint) => new(new Refusal(code, hint));
}
