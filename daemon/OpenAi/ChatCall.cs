using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>A chat completion as the client wants it: the work, and how the answer is to be written.</summary>
internal sealed record ChatCall(InferenceRequest Request, bool Stream, bool IncludeUsage, int UnknownMembers);
