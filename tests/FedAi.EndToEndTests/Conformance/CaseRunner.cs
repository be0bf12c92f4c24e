using System.Collections.Concurrent;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>The model behind all cases: finds the case that a request belongs to by a word of its text, and lets that case's script answer.</summary>
internal sealed class CaseRunner : IRunner
{
    private static readonly string[] Everything = [ModelFeatures.Tools, ModelFeatures.Json, ModelFeatures.Embeddings];

    private readonly ConcurrentDictionary<string, ScriptedRunner> scripts = new();

    /// <summary>Never: its models stay.</summary>
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public IReadOnlyList<RunnerModel> Models { get; } = 
    [
        new("org/scripted", 16_384, null) { Features = Everything },
        new("scripted", 16_384, null) { Features = Everything },
        new("wide", 1_000_000, null),
    ];

    public RunnerStatus Status => new("scripted", true, null, null, 0, "none", [], 0);

    /// <summary>Gives a case its script; the word is the case's prompt.</summary>
    public void Add(string word, ScriptedRunner script) => scripts[word] = script;

    public IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, CancellationToken cancellationToken) =>
        ScriptOf(request).StreamAsync(request, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ScriptedRunner ScriptOf(InferenceRequest request)
    {
        var texts = (request.Messages ?? []).Select(message => message.Content).Append(request.Prompt).Concat(request.Inputs ?? []);
        foreach (var word in texts.SelectMany(text => text.Split([' ', '\n'])))
            if (scripts.TryGetValue(word, out var script)) return script;
        throw new InvalidOperationException("No case asked this.");
    }
}
