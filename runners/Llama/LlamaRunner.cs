using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;
using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>
/// Answers with one model in one caged child process, which is started again when it dies. A request that had no token
/// yet is then asked once more; one that had ends with <see cref="ErrorCode.RunnerCrashed"/>.
/// </summary>
public sealed class LlamaRunner : IRunner
{
    /// <summary>How long a request waits for a child that is being started (DECISIONS E20).</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private const int LongestHint = 200;

    private readonly TimeProvider time;
    private readonly LlamaSupervisor supervisor;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task supervising;

    private LlamaRunner(LlamaRunnerOptions options, ILogger logger, TimeProvider time)
    {
        this.time = time;
        supervisor = new(options, logger, time);
        supervisor.Changed += () => Changed?.Invoke();
        supervising = supervisor.RunAsync(stopping.Token);
    }

    public event Action? Changed;

    public IReadOnlyList<RunnerModel> Models => supervisor.State.Model is { } model ? [model] : [];

    public RunnerStatus Status => supervisor.State.Status;

    /// <summary>Returns at once and loads in the background; <see cref="Status"/> says how far it is.</summary>
    public static LlamaRunner Start(LlamaRunnerOptions options, ILogger<LlamaRunner> logger, TimeProvider time) => new(options, logger, time);

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seed = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        var started = false;
        for (var again = false; ; again = true)
        {
            var state = await ReadyAsync(cancellationToken).ConfigureAwait(false);
            if (state.Refuse(request, seed, out var generation) is { } refusal)
            {
                yield return new InferenceFailure(refusal);
                yield break;
            }
            var answered = false;
            await using var call = state.Child!.Begin(generation!);
            await foreach (var step in ReadAsync(call, cancellationToken).ConfigureAwait(false))
            {
                if (step is InferenceStarted && started) continue; // said before the first child died
                started = true;
                answered |= step is InferenceDelta;
                yield return step;
                if (step is InferenceEnd or InferenceFailure) yield break;
            }
            if (!answered && !again)
            {
                // Until the supervisor has seen the end too, its state still names the dead child.
                await WaitAsync(state.Replaced, LongestWait, cancellationToken).ConfigureAwait(false);
                continue;
            }

            yield return new InferenceFailure(new(ErrorCode.RunnerCrashed, "the model's process ended during this request; ask again"));
            yield break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await supervising.ConfigureAwait(false);
        stopping.Dispose();
    }

    /// <summary>A state that answers, or the one there is after waiting long enough.</summary>
    private async Task<LlamaState> ReadyAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (supervisor.State is { Child: null, Problem: null } state && LongestWait - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            if (!await WaitAsync(state.Replaced, left, cancellationToken).ConfigureAwait(false)) break;
        }
        return supervisor.State;
    }

    /// <summary>Whether it came within the limit.</summary>
    private async Task<bool> WaitAsync(Task change, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What one call brings. Ends without an end event when the child died.</summary>
    private static async IAsyncEnumerable<InferenceEvent> ReadAsync(LlamaCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await call.Events.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            while (call.Events.TryRead(out var step))
                yield return step.Kind switch
                {
                    HostEventKind.Token => TakeWaiting(call.Events, step),
                    HostEventKind.Started => new InferenceStarted(step.Count),
                    HostEventKind.Final => new InferenceEnd(step.Text == "length" ? "length" : "stop", step.Count, step.OutputTokens),
                    _ => new InferenceFailure(RefusalFrom(step)),
                };
    }

    /// <summary>A reader who fell behind gets all text that waits as one delta.</summary>
    private static InferenceDelta TakeWaiting(ChannelReader<HostEvent> events, in HostEvent first)
    {
        if (!events.TryPeek(out var next) || next.Kind != HostEventKind.Token) return new(first.Text, first.Count);
        var text = new StringBuilder(first.Text);
        var tokens = first.Count;
        while (events.TryPeek(out next) && next.Kind == HostEventKind.Token && events.TryRead(out next))
        {
            text.Append(next.Text);
            tokens += next.Count;
        }
        return new(text.ToString(), tokens);
    }

    /// <summary>The child may name what only it can know; anything else it says is just an error, and its words are short and plain.</summary>
    private static Refusal RefusalFrom(in HostEvent step)
    {
        var hint = new string([.. (step.Hint ?? "").Where(character => !char.IsControl(character)).Take(LongestHint)]);
        return ErrorCodes.TryParse(step.Text, out var code) && code is ErrorCode.ContextWindowExceeded or ErrorCode.InvalidRequest
            ? new(code, hint)
            : new(ErrorCode.RunnerError, hint);
    }
}
