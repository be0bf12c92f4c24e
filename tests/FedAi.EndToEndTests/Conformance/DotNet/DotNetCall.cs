using OpenAI;
using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>What a case in C# has at hand.</summary>
internal sealed record DotNetCall(OpenAIClient Client, CaseCall Asked)
{
    public string Model => Asked.Model;

    public string Prompt => Asked.Prompt;

    public ChatClient Chat => Client.GetChatClient(Model);
}
