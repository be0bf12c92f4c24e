#pragma warning disable OPENAI001, SCME0001

using System.Text.Json.Nodes;
using OpenAI.Chat;
using OpenAI.Models;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>Models, messages and streams, asked by the .NET client.</summary>
internal static class ChatCases
{
    public static IReadOnlyDictionary<string, DotNetCase> All { get; } = new Dictionary<string, DotNetCase>
    {
        ["models.list"] = async call => Models((await call.Client.GetOpenAIModelClient().GetModelsAsync()).Value),
        ["models.retrieve"] = async call => Models([(await call.Client.GetOpenAIModelClient().GetModelAsync(call.Model)).Value]),
        ["models.slash"] = async call => Models([(await call.Client.GetOpenAIModelClient().GetModelAsync("org/scripted")).Value]),

        ["chat.plain"] = Ask.Plain(),
        ["chat.usage"] = Ask.Plain(),
        ["chat.request-id"] = Ask.Plain(),
        ["chat.system"] = Ask.Plain(messages: prompt => [new SystemChatMessage("Be brief."), new UserChatMessage(prompt)]),
        ["chat.developer"] = Ask.Plain(messages: prompt => [new DeveloperChatMessage("Be brief."), new UserChatMessage(prompt)]),
        ["chat.turns"] = Ask.Plain(messages: prompt => [new UserChatMessage(prompt), new AssistantChatMessage("One."), new UserChatMessage("And then?")]),
        ["chat.parts"] = Ask.Plain(messages: prompt => [new UserChatMessage(ChatMessageContentPart.CreateTextPart(prompt), ChatMessageContentPart.CreateTextPart("second part"))]),
        ["chat.name"] = Ask.Plain(messages: prompt => [new UserChatMessage(prompt) { ParticipantName = "ada" }]),
        ["chat.unicode"] = Ask.Plain(messages: prompt => [new UserChatMessage(prompt + " Grüße 漢字 👩‍👩‍👧 \u0001 \"quoted\" \\ </script>")]),
        ["chat.length"] = Ask.Plain(options => options.MaxOutputTokenCount = 2),
        ["chat.empty"] = Ask.Plain(),
        ["chat.auto"] = Ask.Plain(model: "auto"),

        ["stream.plain"] = Ask.Stream(),
        ["stream.usage"] = Ask.Stream(),
        ["stream.unicode"] = Ask.Stream(),
        ["stream.lines"] = Ask.Stream(),
        ["stream.long"] = Ask.Stream(),
        ["stream.length"] = Ask.Stream(),
        ["stream.empty"] = Ask.Stream(),
        ["stream.abort"] = AbortAsync,
    };

    private static JsonObject Models(IEnumerable<OpenAIModel> models) =>
        new() { ["models"] = new JsonArray([.. models.Select(model => new JsonObject { ["id"] = model.Id })]) };

    private static async Task<JsonNode> AbortAsync(DotNetCall call)
    {
        using var leave = new CancellationTokenSource();
        var text = "";
        try
        {
            await foreach (var update in call.Chat.CompleteChatStreamingAsync([new UserChatMessage(call.Prompt)], cancellationToken: leave.Token))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
                if (text.Length > 0) await leave.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        return new JsonObject { ["text"] = text };
    }
}
