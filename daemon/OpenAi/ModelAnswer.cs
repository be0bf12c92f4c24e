using System.Text.Json;

namespace FedAi.Daemon.OpenAi;

/// <summary>Writes the models of /v1/models. context_window and max_completion_tokens are what other servers call these figures.</summary>
internal static class ModelAnswer
{
    public static void WriteList(Utf8JsonWriter json, IReadOnlyList<OpenAiModel> models)
    {
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in models)
        {
            json.WriteStartObject();
            Write(json, model);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, OpenAiModel model)
    {
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, 0); // nobody in the federation knows when a model was made
        json.WriteString("owned_by"u8, "fedai"u8);
        if (model.ContextWindow > 0) json.WriteNumber("context_window"u8, model.ContextWindow);
        if (model.MaxTokens > 0) json.WriteNumber("max_completion_tokens"u8, model.MaxTokens);
        if (model.Features.Count == 0) return;
        json.WriteStartArray("features"u8);
        foreach (var feature in model.Features) json.WriteStringValue(feature);
        json.WriteEndArray();
    }
}
