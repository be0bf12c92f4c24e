using System.Text;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>The hash by which a metering record names its answer (DECISIONS E4): same rule and same salt as the prompt's.</summary>
public static class OutputHash
{
    public static string Of(InferenceRequest request, string output) => PromptHash.TryReadSalt(request.Salt, out var salt)
        ? Hashes.Keyed(salt, Encoding.UTF8.GetBytes(output))
        : Hashes.Sha256(output);
}
