using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.TestKit;

/// <summary>A runner that makes 20 tokens a second, each the time of its making in Stopwatch ticks, which all processes of a machine share.</summary>
internal sealed class TickingRunner : IRunner
{
    public const string ModelId = "ticking";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1.0 / 20);

    public IReadOnlyList<RunnerModel> Models => [new(ModelId, 100_000, null)];

    public RunnerStatus Status => new("ticking", Ready: true, null, null, 0, "none", [], 0);

    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new InferenceStarted(1);
        // A beat of its own: timers of equal period that once fired together would stay together, and no two users do.
        await Task.Delay(Beat * RandomNumberGenerator.GetInt32(1000) / 1000, cancellationToken);
        using var beat = new PeriodicTimer(Beat);
        for (var index = 0; index < request.MaxTokens && await beat.WaitForNextTickAsync(cancellationToken); index++)
            yield return new InferenceDelta(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) + " ", 1);
        yield return new InferenceEnd("length", 1, (int)request.MaxTokens);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
