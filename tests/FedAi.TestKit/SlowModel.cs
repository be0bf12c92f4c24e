using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.TestKit;

/// <summary>A model that takes its time without anybody waiting for it: what reading a prompt and writing a token take goes by on a clock that stands still otherwise.</summary>
internal sealed class SlowModel(ManualTime time, int contextTokens, double readsPerSecond, double writesPerSecond) : IRunner
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Tokens of an answer at most: one that is told in a single piece shows no rate.</summary>
    public int MostTokens { get; init; } = int.MaxValue;

    /// <summary>Tokens of every prompt so far.</summary>
    public List<int> Prompts { get; } = [];

    public IReadOnlyList<RunnerModel> Models => [new("slow", contextTokens, null)];

    public RunnerStatus Status => new("slow", Ready: true, null, null, 0, "none", [], 0);

    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var read = request.Prompt.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        Prompts.Add(read);
        yield return new InferenceStarted(read);
        Pass(TimeSpan.FromSeconds(read / readsPerSecond), cancellationToken);
        var tokens = (int)Math.Min(request.MaxTokens, MostTokens);
        for (var token = 0; token < tokens; token++)
        {
            if (token > 0) Pass(TimeSpan.FromSeconds(1 / writesPerSecond), cancellationToken);
            yield return new InferenceDelta("a ", 1);
        }

        yield return new InferenceEnd("length", read, tokens);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Pass(TimeSpan length, CancellationToken cancellationToken)
    {
        for (var gone = TimeSpan.Zero; gone < length; gone += Step)
        {
            time.Move(length - gone < Step ? length - gone : Step);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
