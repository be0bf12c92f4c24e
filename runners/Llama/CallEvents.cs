using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners.Calls;

namespace FedAi.Runners.Llama;

/// <summary>An answer's events with its calls found: what was their text comes as pieces of calls.</summary>
internal static class CallEvents
{
    public static async IAsyncEnumerable<InferenceEvent> ReadAsync(
        IAsyncEnumerable<InferenceEvent> steps, ToolSyntax syntax, IReadOnlySet<string> tools, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var output = new CallOutput(ToolCallParsers.NewId);
        var parser = ToolCallParsers.For(syntax, output, tools);
        var pieces = new List<ToolCallDelta>();
        var tokens = 0; // of text that is held back
        await foreach (var step in steps.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (step is InferenceDelta delta) parser.Push(delta.Text);
            if (step is InferenceEnd) parser.Finish();
            tokens += step is InferenceDelta more ? more.Tokens : 0;
            var (text, calls) = output.Take();
            if (text.Length > 0 || calls is not null || (step is InferenceEnd && tokens > 0))
            {
                pieces.AddRange(calls ?? []);
                yield return new InferenceDelta(text, tokens, calls);
                tokens = 0;
            }
            if (step is InferenceEnd end) yield return End(end, pieces);
            else if (step is not InferenceDelta) yield return step;
        }
    }

    /// <summary>An answer that was cut short says so, whatever was in it.</summary>
    private static InferenceEnd End(InferenceEnd end, List<ToolCallDelta> pieces) => pieces.Count == 0 ? end : end with
    {
        FinishReason = end.FinishReason == "stop" ? "tool_calls" : end.FinishReason,
        ToolCalls = ToolCalls.Join(pieces),
    };
}
