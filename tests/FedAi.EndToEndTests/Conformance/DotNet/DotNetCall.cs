using OpenAI;
using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>What a case in C# has at hand.</summary>
internal sealed record DotNetCall(OpenAIClient Client, OpenAIClientOptions Options, string Model, string Prompt)
{
    public ChatClient Chat => Client.GetChatClient(Model);
}
