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
            Jobs.Add(command.Infer is { } settings ? Prepare(command.Id, settings) : new Job(command.Id));
        }
        Jobs.CompleteAdding();
    }

    /// <summary>The parent is our own program: a line that is no command is a bug, and ends this process.</summary>
    public static HostCommand Parse(string line) =>
        JsonSerializer.Deserialize(line, PipeJson.Default.HostCommand) ?? throw new InvalidDataException("an empty command");

    private Job Prepare(long id, Generation settings)
    {
        var text = settings.Messages is { } messages ? model.Chat.Render(messages)
            : model.Chat.Name == "plain" ? settings.Prompt ?? "" : model.Chat.Render([new("user", settings.Prompt ?? "")]);
        // Cheap first: so many bytes are too many tokens, whatever they are.
        var tooLong = Encoding.UTF8.GetByteCount(text) / model.LongestPiece >= model.ContextTokens;
        var prompt = tooLong ? [] : model.Tokenize(text);
        return tooLong || prompt.Length >= model.ContextTokens ? Refuse(id, ErrorCode.ContextWindowExceeded, TooLong(prompt.Length))
            : prompt.Length == 0 ? Refuse(id, ErrorCode.InvalidRequest, "the prompt is empty")
            : new Job(id) { Settings = settings, Prompt = prompt };
    }

    private string TooLong(int tokens) =>
        $"the prompt has {(tokens > 0 ? tokens : "too many")} tokens, prompt and answer together may have {model.ContextTokens}; shorten the prompt";

    private static Job Refuse(long id, ErrorCode code, string hint) => new(id) { Refusal = new(code, hint) };
}
