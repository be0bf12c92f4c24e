#pragma warning disable OPENAI001, SCME0001

using OpenAI.Chat;

namespace FedAi.EndToEndTests.Conformance.DotNet;

/// <summary>Every parameter of a chat body, as the .NET client sends it; what it has no property for is patched into the body.</summary>
internal static class ParameterCases
{
    public static IReadOnlyDictionary<string, DotNetCase> All { get; } = new Dictionary<string, DotNetCase>
    {
        ["temperature"] = Ask.Plain(options => options.Temperature = 0.25f),
        ["top_p"] = Ask.Plain(options => options.TopP = 0.5f),
        ["top_k"] = Ask.Plain(options => options.Patch.Set("$.top_k"u8, 40)),
        ["min_p"] = Ask.Plain(options => options.Patch.Set("$.min_p"u8, 0.05)),
        ["max_tokens"] = Ask.Plain(options => options.Patch.Set("$.max_tokens"u8, 17)),
        ["max_tokens.ceiling"] = Ask.Plain(options => options.MaxOutputTokenCount = 100_000),
        ["max_completion_tokens"] = Ask.Plain(options => options.MaxOutputTokenCount = 18),
        ["stop.text"] = Ask.Plain(options => options.Patch.Set("$.stop"u8, "END")),
        ["stop.list"] = Ask.Plain(options =>
        {
            foreach (var stop in new[] { "END", "\n\n", "漢" }) options.StopSequences.Add(stop);
        }),
        ["seed"] = Ask.Plain(options => options.Seed = 42),
        ["logit_bias"] = Ask.Plain(options =>
        {
            options.LogitBiases[15] = -100;
            options.LogitBiases[40] = 5;
        }),
        ["presence_penalty"] = Ask.Plain(options => options.PresencePenalty = 0.5f),
        ["frequency_penalty"] = Ask.Plain(options => options.FrequencyPenalty = -0.5f),

        ["user"] = Ask.Plain(options => options.EndUserId = "somebody"),
        ["metadata"] = Ask.Plain(options => options.Metadata["team"] = "blue"),
        ["store"] = Ask.Plain(options => options.StoredOutputEnabled = false),
        ["service_tier"] = Ask.Plain(options => options.ServiceTier = ChatServiceTier.Auto),
        ["prompt_cache_key"] = Ask.Plain(options => options.Patch.Set("$.prompt_cache_key"u8, "k")),
        ["prompt_cache_retention"] = Ask.Plain(options => options.Patch.Set("$.prompt_cache_retention"u8, "24h")),
        ["prediction"] = Ask.Plain(options => options.OutputPrediction = ChatOutputPrediction.CreateStaticContentPrediction("A guess")),
        ["safety_identifier"] = Ask.Plain(options => options.SafetyIdentifier = "s"),
        ["reasoning_effort"] = Ask.Plain(options => options.ReasoningEffortLevel = ChatReasoningEffortLevel.Low),
        ["verbosity"] = Ask.Plain(options => options.Patch.Set("$.verbosity"u8, "low")),
        ["parallel_tool_calls"] = Ask.Plain(options => options.Patch.Set("$.parallel_tool_calls"u8, true)),
        ["n.one"] = Ask.Plain(options => options.Patch.Set("$.n"u8, 1)),
        ["logprobs.off"] = Ask.Plain(options => options.IncludeLogProbabilities = false),
        ["modalities.text"] = Ask.Plain(options => options.ResponseModalities = ChatResponseModalities.Text),
        ["response_format.text"] = Ask.Plain(options => options.ResponseFormat = ChatResponseFormat.CreateTextFormat()),
        ["unknown"] = Ask.Plain(options => options.Patch.Set("$.a_member_of_next_year"u8, BinaryData.FromString("""{"deep":[1,2]}"""))),

        ["n.two"] = Ask.Plain(options => options.Patch.Set("$.n"u8, 2)),
        ["logprobs"] = Ask.Plain(options => options.IncludeLogProbabilities = true),
        ["audio"] = Ask.Plain(options => options.AudioOptions = new ChatAudioOptions(ChatOutputAudioVoice.Alloy, ChatOutputAudioFormat.Wav)),
        ["modalities.audio"] = Ask.Plain(options => options.ResponseModalities = ChatResponseModalities.Text | ChatResponseModalities.Audio),
        ["store.on"] = Ask.Plain(options => options.StoredOutputEnabled = true),
        ["service_tier.priority"] = Ask.Plain(options => options.ServiceTier = new ChatServiceTier("priority")),
        ["web_search_options"] = Ask.Plain(options => options.WebSearchOptions = new ChatWebSearchOptions()),
        ["top_logprobs"] = Ask.Plain(options => options.TopLogProbabilityCount = 3),
        ["image"] = Ask.Plain(messages: prompt =>
            [new UserChatMessage(ChatMessageContentPart.CreateTextPart(prompt), ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(new byte[] { 0 }), "image/png"))]),
    };
}
