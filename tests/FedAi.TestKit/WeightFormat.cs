namespace FedAi.TestKit;

/// <summary>Formats of a model's numbers, with their codes in a GGUF file.</summary>
internal enum WeightFormat
{
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q8_0 = 8,
}
