using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Templates;
using FedAi.Runners.Calls;

namespace FedAi.LlamaHost;

/// <summary>
/// Writes messages the way a model was taught to read them: by the template in its file; where that cannot be followed, or
/// refuses, by what llama.cpp knows of the template; without any by ChatML if the vocabulary has it, else as plain "role: text" lines.
/// </summary>
internal sealed class ChatPrompt
{
    private readonly ChatTemplate? own;
    private readonly LlamaTemplate? known;
    private readonly ModelMarkers markers;

    private ChatPrompt(string name, ChatTemplate? own, LlamaTemplate? known, ModelMarkers markers) =>
        (Name, this.own, this.known, this.markers) = (name, own, known, markers);

    /// <summary><c>model</c>, <c>chatml</c> or <c>plain</c>.</summary>
    public string Name { get; }

    /// <summary>How the model calls tools; null: not in any way that is known.</summary>
    public ToolSyntax? Tools { get; private init; }

    public static unsafe ChatPrompt For(nint model, nint vocabulary, Func<string, int> countTokens)
    {
        var markers = ModelMarkers.Of(vocabulary);
        var source = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(LlamaApi.llama_model_chat_template(model, null));
        if (source.Length > 0)
        {
            var own = ChatTemplate.TryRead(Encoding.UTF8.GetString(source), out _);
            var known = new LlamaTemplate([.. source, 0]);
            var prompt = new ChatPrompt("model", own, known.TryApply([new("user", "?")]) is null ? null : known, markers);
            var tools = own is null ? null : ToolSyntaxProbe.Find((messages, told) => prompt.TryRenderOwn(messages, told, out _, out _));
            if (prompt.known is not null || prompt.TryRenderOwn([new("user", "?")], null, out _, out _) is not null) return new("model", own, prompt.known, markers) { Tools = tools };
        }
        return countTokens("<|im_start|>") == 1
            ? new("chatml", null, new("chatml\0"u8.ToArray()), markers) { Tools = source.Length == 0 ? ToolSyntax.Generic : null }
            : new("plain", null, null, markers);
    }

    /// <summary>The whole prompt, up to where the assistant's answer begins; null and why not, for messages that only the template could write.</summary>
    public string? TryRender(IReadOnlyList<Message> messages, IReadOnlyList<JsonElement>? tools, out string? problem)
    {
        var withTools = tools is not null || messages.Any(message => message.SpeaksOfTools);
        if (withTools && Tools == ToolSyntax.Generic) (messages, tools, withTools) = (GenericTools.Tell(messages, tools), null, false);
        if (TryRenderOwn(messages, tools, out problem, out var refused) is { } text) return text;
        if (refused && messages[0].Role == "system" && TryRenderOwn(WithoutSystem(messages), tools, out _, out _) is { } merged) return merged;
        if (withTools) return null;
        return known?.TryApply(messages) ?? string.Concat(messages.Select(message => $"{message.Role}: {message.Content}\n")) + "assistant:";
    }

    /// <summary>By the model's own template; null when there is none, when it cannot be followed, or when it refuses.</summary>
    private string? TryRenderOwn(IReadOnlyList<Message> messages, IReadOnlyList<JsonElement>? tools, out string? problem, out bool refused)
    {
        (problem, refused) = ("the model's chat template cannot be followed", false);
        if (own is null) return null;
        if (TemplateValues.TryWrite(messages, tools, markers) is not { } values) return null;
        var text = own.TryRender(values, TimeProvider.System.GetUtcNow(), out problem, out refused);
        // The model's library writes the first marker itself where the model wants one.
        return text is not null && markers.AddsFirst && markers.First.Length > 0 && text.StartsWith(markers.First, StringComparison.Ordinal) ? text[markers.First.Length..] : text;
    }

    /// <summary>For models that have no system role: its text goes before the first user's.</summary>
    private static List<Message> WithoutSystem(IReadOnlyList<Message> messages) => messages.Count > 1 && messages[1].Role == "user"
        ? [messages[1] with { Content = $"{messages[0].Content}\n\n{messages[1].Content}" }, .. messages.Skip(2)]
        : [messages[0] with { Role = "user" }, .. messages.Skip(1)];
}
