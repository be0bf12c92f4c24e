using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.Roles;

/// <summary>
/// The small roles, which need no model (DECISIONS E27): a job is an inference request whose model is the role's name, whose prompt
/// (or last message) is a JSON object with an <c>op</c>, and whose output is a JSON object. So it is quoted, routed, metered and signed like
/// every other request. All of it is plain computation on what the request brings, bounded by its size.
/// </summary>
public sealed class RoleRunner(IReadOnlyList<string> roles, TimeProvider time) : IRunner
{
    /// <summary>Room for job and result together, in tokens of four characters.</summary>
    private const int ContextTokens = 131_072;

    /// <summary>UTF-8 bytes of the largest job: its result may have as many tokens as it.</summary>
    public const int MostJobBytes = ContextTokens / 2 * TokenBytes;

    /// <summary>Characters, and of plain text bytes, that count as one token (WIRE 3.1).</summary>
    public const int TokenBytes = 4;

    private readonly PolicyMemory memory = new(time);

    public IReadOnlyList<RunnerModel> Models { get; } = [.. roles.Select(role => new RunnerModel(role, ContextTokens, null))];

    public RunnerStatus Status { get; } = new("roles", Ready: true, string.Join(", ", roles), null, 0, "none", [], 0);

    // Roles do not come and go.
    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Off the thread that reads the connection.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var text = JobText(request);
        var (result, refusal) = Run(request.ModelId, text, cancellationToken);
        var output = result is null ? "" : Written(result);
        var (read, written) = ((int)TokenEstimate.Of(text), (int)TokenEstimate.Of(output));
        if (written > request.MaxTokens) refusal ??= new Refusal(ErrorCode.MaxTokensExceeded, $"The result has {written} tokens; ask for that many, or send less.");
        if (refusal is not null)
        {
            yield return new InferenceFailure(refusal);
            yield break;
        }

        yield return new InferenceStarted(read);
        yield return new InferenceDelta(output, written);
        yield return new InferenceEnd("stop", read, written);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (JsonObject? Result, Refusal? Refusal) Run(string role, string text, CancellationToken cancellationToken)
    {
        if (!roles.Contains(role)) return (null, new Refusal(ErrorCode.ModelNotFound, "This node does not have that role."));
        if (CanonicalJson.Of(Encoding.UTF8.GetBytes(text)) is not { } canonical || canonical[0] != '{')
            return (null, new Refusal(ErrorCode.InvalidRequest, $"A job for {role} is one JSON object with an op (see docs/ROLES.md), as the prompt or the last message."));
        using var document = CanonicalJson.ToDocument(canonical);
        var job = new RoleJob(document.RootElement);
        var result = role == RoleTypes.Policy ? PolicyJob.Run(job, memory) : PrepostJob.Run(job, cancellationToken);
        return job.Problem is { } problem ? (null, problem) : (result, null);
    }

    private static string Written(JsonObject result)
    {
        var json = new ArrayBufferWriter<byte>();
        // Letters as they are: an escaped one would count as six.
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) result.WriteTo(writer);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private static string JobText(InferenceRequest request) => request.Messages is [.., var last] ? last.Content : request.Prompt;
}
