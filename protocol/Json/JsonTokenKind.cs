namespace FedAi.Protocol.Json;

/// <summary>What a <see cref="JsonToken"/> is.</summary>
internal enum JsonTokenKind : byte { Object, Array, String, Number, Literal }
