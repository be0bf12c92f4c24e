using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>
/// Reads commands beside the loop, on a thread of its own, and makes tokens of prompts there: a long prompt is no reason
/// for running answers to wait.
/// </summary>
internal sealed class JobReader(TextReader commands, LoadedModel model)
{
    /// <summary>What the loop takes from; complete when the parent closed the pipe.</summary>
    public BlockingCollection<Job> Jobs { get; } = [];

    public void Start() => new Thread(Read) { IsBackground = true, Name = "commands" }.Start();

    private void Read()
    {
        while (commands.ReadLine() is { } line)
        {
            var command = Parse(line);
            Jobs.Add(command.Infer is { } settings ? Prepare(command.Id, settings)
                : command.Embed is { } texts ? Prepare(command.Id, texts)
                : new Job(command.Id));
        }
        Jobs.CompleteAdding();
    }

    /// <summary>The parent is our own program: a line that is no command is a bug, and ends this process.</summary>
    public static HostCommand Parse(string line) =>
        JsonSerializer.Deserialize(line, PipeJson.Default.HostCommand) ?? throw new InvalidDataException("an empty command");

    private Job Prepare(long id, Generation settings)
    {
        if (model.EmbedsOnly) return Refuse(id, ErrorCode.InvalidRequest, "this model makes vectors and writes no text; ask another one");
        IReadOnlyList<Message> messages = settings.Messages ?? [new("user", settings.Prompt ?? "")];
        if (messages.Sum(message => (long)message.Content.Length) / model.LongestPiece >= model.ContextTokens) return Refuse(id, ErrorCode.ContextWindowExceeded, TooLong(0));
        string? problem = null;
        var text = settings.Messages is null && model.Chat.Name == "plain" ? settings.Prompt ?? "" : model.Chat.TryRender(messages, settings.Tools, out problem);
        if (text is null) return Refuse(id, ErrorCode.InvalidRequest, $"the model's chat template does not take these messages: {problem}");
        var prompt = IsTooLong(text) ? null : model.Tokenize(text);
        if (prompt is null || prompt.Length >= model.ContextTokens) return Refuse(id, ErrorCode.ContextWindowExceeded, TooLong(prompt?.Length ?? 0));
        if (prompt.Length == 0) return Refuse(id, ErrorCode.InvalidRequest, "the prompt is empty");
        if (settings.Grammar is null) return new(id) { Settings = settings, Prompt = prompt };
        return Grammar.TryParse(model, settings) is { } grammar
            ? new(id) { Settings = settings, Prompt = prompt, Grammar = grammar }
            : Refuse(id, ErrorCode.InvalidRequest, "the wanted form of the answer is more than llama.cpp can follow; simplify the schema: fewer repetitions, no rule that only names itself");
    }

    private Job Prepare(long id, IReadOnlyList<string> texts)
    {
        var tokens = new int[texts.Count][];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = IsTooLong(texts[i]) ? [] : model.Tokenize(texts[i]);
            if (tokens[i].Length == 0 && texts[i].Length == 0) return Refuse(id, ErrorCode.InvalidRequest, "one of the texts is empty");
            if (tokens[i].Length == 0 || tokens[i].Length > model.ContextTokens)
                return Refuse(id, ErrorCode.ContextWindowExceeded, $"one of the texts has more than {model.ContextTokens} tokens, the most for one vector; split it");
        }
        return new(id) { Texts = tokens };
    }

    /// <summary>Cheap first: so many bytes are too many tokens, whatever they are.</summary>
    private bool IsTooLong(string text) => Encoding.UTF8.GetByteCount(text) / model.LongestPiece >= model.ContextTokens;

    private string TooLong(int tokens) =>
        $"the prompt has {(tokens > 0 ? tokens : "too many")} tokens, prompt and answer together may have {model.ContextTokens}; shorten the prompt";

    private static Job Refuse(long id, ErrorCode code, string hint) => new(id) { Refusal = new(code, hint) };
}
