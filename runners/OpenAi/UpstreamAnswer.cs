using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.OpenAi;

/// <summary>One streamed answer of a server: opened until its first event is there, then read as it comes, within limits of time and size.</summary>
internal sealed class UpstreamAnswer : IAsyncDisposable
{
    /// <summary>No vocabulary writes more bytes per token on average; a server that does was asked for less.</summary>
    private const int MaxBytesPerToken = 64;

    private const int SpareBytes = 4096;

    private static readonly Refusal BrokeOff = new(ErrorCode.RunnerCrashed, "The server behind this node broke off its answer.");
    private static readonly Refusal NotJson = new(ErrorCode.RunnerError, "The server behind this node streams something else than its interface says.");
    private static readonly Refusal TooMuch = new(ErrorCode.RunnerError, "The server behind this node writes more than it was asked for.");

    private readonly InferenceRequest request;
    private readonly OpenAiUpstream upstream;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource silence;
    private readonly CancellationTokenSource either;
    private readonly UpstreamCalls calls = new();
    private HttpResponseMessage? answer;
    private IAsyncEnumerator<SseItem<UpstreamFrame>>? frames;
    private JsonElement? usage;
    private string? finish;
    private long chars, bytes;

    public UpstreamAnswer(InferenceRequest request, OpenAiUpstream upstream, TimeProvider time, CancellationToken caller)
    {
        (this.request, this.upstream, this.caller) = (request, upstream, caller);
        silence = new CancellationTokenSource(upstream.FirstToken, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(caller, silence.Token);
    }

    /// <summary>Whether the counts at the end were not the server's own.</summary>
    public bool UsageEstimated { get; private set; }

    /// <summary>Asks, and waits for the first event.</summary>
    public async Task<Refusal?> OpenAsync(UpstreamHttp http)
    {
        var (path, json) = UpstreamBody.Of(request);
        try
        {
            (answer, var refusal) = await http.SendAsync(upstream, HttpMethod.Post, path, json, either.Token).ConfigureAwait(false);
            if (answer is null) return refusal;
            if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream") return NotJson;
            var body = await answer.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            frames = SseParser.Create(new BoundedEvents(body), UpstreamFrame.Parse).EnumerateAsync(either.Token).GetAsyncEnumerator(either.Token);
        }
        catch (OperationCanceledException) when (Expired)
        {
            return TooSlow();
        }

        return await NextAsync().ConfigureAwait(false);
    }

    /// <summary>Deltas, then the end or a failure.</summary>
    public async IAsyncEnumerable<InferenceEvent> ReadAsync()
    {
        for (var refusal = (Refusal?)null; ; refusal = await NextAsync().ConfigureAwait(false))
        {
            // The end of the stream is the answer's if the server has said how it ended.
            if (refusal == BrokeOff && finish is not null) break;
            if (refusal is null && frames!.Current.Data.Done) break;
            var delta = refusal is null ? Take(frames!.Current.Data.Chunk, out refusal) : null;
            if (refusal is not null)
            {
                yield return new InferenceFailure(refusal);
                yield break;
            }

            if (delta is not null) yield return delta;
        }

        var (input, output, counted) = UsageRules.Read(request, usage, (chars, bytes), calls.Count);
        UsageEstimated = !counted;
        yield return new InferenceEnd(calls.Count > 0 ? "tool_calls" : finish == "length" ? "length" : "stop", input, output);
    }

    public async ValueTask DisposeAsync()
    {
        // First the connection: a server that streams on is told so by its end, and nothing waits for it.
        answer?.Dispose();
        if (frames is not null) await frames.DisposeAsync().ConfigureAwait(false);
        either.Dispose();
        silence.Dispose();
    }

    private bool Expired => silence.IsCancellationRequested && !caller.IsCancellationRequested;

    private Refusal TooSlow() => new(ErrorCode.RunnerTimeout, bytes == 0 ? "The server behind this node wrote nothing in time." : "The server behind this node fell silent.");

    /// <summary>The next event, or why there is none.</summary>
    private async Task<Refusal?> NextAsync()
    {
        try
        {
            if (!await frames!.MoveNextAsync().ConfigureAwait(false)) return BrokeOff;
            silence.CancelAfter(upstream.Idle);
            return null;
        }
        catch (OperationCanceledException) when (Expired)
        {
            return TooSlow();
        }
        catch (IOException) when (!caller.IsCancellationRequested)
        {
            return Expired ? TooSlow() : BrokeOff;
        }
        catch (HttpRequestException) when (!caller.IsCancellationRequested)
        {
            return BrokeOff;
        }
    }

    /// <summary>What an event brings; null when it brings nothing.</summary>
    private InferenceDelta? Take(UpstreamChunk? chunk, out Refusal? refusal)
    {
        refusal = chunk is null ? NotJson : chunk.Error is { ValueKind: not JsonValueKind.Null } error ? UpstreamRefusals.OfEvent(error) : null;
        if (refusal is not null) return null;
        if (chunk!.Usage is { ValueKind: JsonValueKind.Object } counts) usage = counts;
        if (chunk.Choices is not [{ } choice, ..]) return null;
        finish = choice.FinishReason ?? finish;
        var text = choice.Delta?.Content ?? choice.Text ?? "";
        var thought = choice.Delta?.ReasoningContent ?? choice.Delta?.Reasoning ?? "";
        var pieces = choice.Delta?.ToolCalls is { Count: > 0 } asked ? calls.Read(asked) : [];
        Count(text);
        Count(thought);
        foreach (var piece in pieces ?? []) Count(piece.Name + piece.Arguments);
        refusal = pieces is null ? NotJson : bytes > SpareBytes + ((long)request.MaxTokens * MaxBytesPerToken) ? TooMuch : null;
        if (refusal is not null) return null;
        return text.Length > 0 || pieces!.Count > 0 ? new InferenceDelta(text, Tokens: 1, pieces!.Count > 0 ? pieces : null) : null;
    }

    private void Count(string text)
    {
        chars += text.Length;
        bytes += Encoding.UTF8.GetByteCount(text);
    }
}
