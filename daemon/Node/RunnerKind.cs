using System.Text.Json.Serialization;

namespace FedAi.Daemon.Node;

/// <summary>What makes the tokens: nothing, llama.cpp in a caged child process, or servers with OpenAI's interface that run already.</summary>
internal enum RunnerKind
{
    None,
    Llama,
    [JsonStringEnumMemberName("openai")] OpenAi,
}
