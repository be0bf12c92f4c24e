using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using FedAi.Protocol.Messages;
using FedAi.Runners.Library;
using FedAi.Runners.Llama.Pipe;
using Microsoft.Extensions.Logging;

namespace FedAi.Runners.Llama;

/// <summary>
/// Answers with models that run in caged child processes, one for each, which are started again when they die. A request
/// that had no token yet is then asked once more; one that had ends with <see cref="ErrorCode.RunnerCrashed"/>.
/// </summary>
public sealed class LlamaRunner : IRunner
{
    /// <summary>How long a request waits for a child that is being started (DECISIONS E20).</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private const int LongestHint = 200;

    private readonly TimeProvider time;
    private readonly LlamaModels models;
    private readonly CancellationTokenSource stopping = new();

    private LlamaRunner(IReadOnlyList<LlamaRunnerOptions> options, ILogger logger, TimeProvider time)
    {
        this.time = time;
        models = new(logger, time, stopping.Token);
        models.Changed += () => Changed?.Invoke();
        models.Set(options);
    }

    public event Action? Changed;

    public IReadOnlyList<RunnerModel> Models => [.. models.All.Select(model => model.State.Model).OfType<RunnerModel>()];

    public RunnerStatus Status => StatusRules.Join([.. models.All.Select(model => (model.ModelId, model.State))]);

    /// <summary>Where each model stands, in the order of the configuration.</summary>
    public IReadOnlyList<ModelStanding> Standings => [.. models.All.Select(model => model.Standing)];

    /// <summary>Returns at once and loads in the background; <see cref="Status"/> says how far it is.</summary>
    public static LlamaRunner Start(LlamaRunnerOptions model, ILogger<LlamaRunner> logger, TimeProvider time) => Start([model], logger, time);

    /// <summary>The same with several models, each under a name of its own.</summary>
    public static LlamaRunner Start(IReadOnlyList<LlamaRunnerOptions> models, ILogger<LlamaRunner> logger, TimeProvider time) => new(models, logger, time);

    /// <summary>
    /// From now on these are the models, each under a name of its own. Those that stay as they are notice nothing; one that
    /// changes answers as before until it is loaded anew; one that is missing ends after its last request. Returns at once.
    /// </summary>
    public void SetModels(IReadOnlyList<LlamaRunnerOptions> next) => models.Set(next);

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seed = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        var started = false;
        for (var again = false; ;)
        {
            var (state, refusal) = await ReadyAsync(request.ModelId, cancellationToken).ConfigureAwait(false);
            Generation? generation = null;
            var form = new AnswerForm();
            var embeds = request.JobType == RouterJobType.Embedding;
            refusal ??= embeds ? GenerationMapping.Check(request.Inputs)
                : AnswerForm.TryRead(request, state!.Tools, out form) ?? GenerationMapping.TryRead(request, form, seed, state.Model!.ContextTokens, out generation);
            if (refusal is not null)
            {
                yield return new InferenceFailure(refusal);
                yield break;
            }
            var begun = embeds ? state!.Child!.Begin(request.Inputs!) : state!.Child!.Begin(generation!);
            if (begun is null)
            {
                // It was let go between the look and the request; what comes after it is asked.
                await WaitAsync(state.Replaced, LongestWait, cancellationToken).ConfigureAwait(false);
                continue;
            }
            var answered = false;
            await using var call = begun;
            var steps = embeds ? VectorReader.ReadAsync(call, request.Inputs!.Count, cancellationToken) : ReadAsync(call, cancellationToken);
            if (form.Syntax is { } syntax) steps = CallEvents.ReadAsync(steps, syntax, form.Callable, cancellationToken);
            await foreach (var step in steps.ConfigureAwait(false))
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
                again = true;
                continue;
            }

            yield return new InferenceFailure(new(ErrorCode.RunnerCrashed, "the model's process ended during this request; ask again"));
            yield break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await models.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    /// <summary>A state whose child takes the request; or why there is none, after waiting a while for one.</summary>
    private async Task<(LlamaState? State, Refusal? Refusal)> ReadyAsync(string modelId, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (models.All.FirstOrDefault(model => model.ModelId == modelId) is not { } model)
                return (null, new(ErrorCode.ModelNotFound, $"this runner has {string.Join(", ", Models.Select(other => other.Id))} only"));
            var state = model.State;
            if (state.Child is null) model.Want();
            if (state.Refuse() is { } refusal) return (null, refusal);
            if (state is { Child: not null, Model: not null }) return (state, null);
            var left = LongestWait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await WaitAsync(state.Replaced, left, cancellationToken).ConfigureAwait(false)) return (null, model.Loading);
        }
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
    internal static async IAsyncEnumerable<InferenceEvent> ReadAsync(LlamaCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await call.Events.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            while (call.Events.TryRead(out var step))
                yield return step.Kind switch
                {
                    HostEventKind.Token => TakeWaiting(call.Events, step),
                    HostEventKind.Started => new InferenceStarted(step.Count),
                    HostEventKind.Final => new InferenceEnd(step.Text == "length" ? "length" : "stop", step.Count, step.OutputTokens) { CachedTokens = step.CachedTokens },
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
    internal static Refusal RefusalFrom(in HostEvent step)
    {
        var hint = new string([.. (step.Hint ?? "").Where(character => !char.IsControl(character)).Take(LongestHint)]);
        return ErrorCodes.TryParse(step.Text, out var code) && code is ErrorCode.ContextWindowExceeded or ErrorCode.InvalidRequest
            ? new(code, hint)
            : new(ErrorCode.RunnerError, hint);
    }
}
