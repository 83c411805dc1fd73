using Multiproc.Serialization;

namespace Multiproc.Objects.Dictionaries;

/// <summary>One entry of a dictionary. A value that is incremented is kept as a number, and serialized when it is read.</summary>
internal sealed class DictionaryEntry(Payload key, long place)
{
    private Payload _value = PackedNumber.Write(0);
    private long? _number;

    public Payload Key { get; } = key;

    public long Place { get; } = place;

    public Payload Value
    {
        get => _value.Length == 0 && _number is { } number ? _value = PackedNumber.Write(number) : _value;
        set => (_value, _number) = (value, null);
    }

    public bool IsNumber
    {
        get
        {
            if (_number is null && PackedNumber.TryRead(_value, out long number))
            {
                _number = number;
            }

            return _number is not null;
        }
    }

    public long Number
    {
        get => IsNumber ? _number!.Value : 0;
        set => (_value, _number) = (Payload.Empty, value);
    }

    public long Version { get; set; }

    public bool IsRemoved { get; set; }
}
