namespace Multiproc.Serialization.Pickle;

/// <summary>Writes values of unknown classes: the instructions that they were read from.</summary>
internal sealed partial class PickleWriter
{
    private void Object(PythonObject value)
    {
        if (!value.IsInstance)
        {
            _output.Global(value.Module, value.Name);
            return;
        }

        int keys = _keys;
        _keys = 0; // Whether an instance can be hashed is its class's business, whatever it holds.
        Part(value.Constructor, static _ => "its class", null);
        Part(value.Arguments, static _ => "its arguments", null);
        if (value.Named is { } named)
        {
            Part(named, static _ => "its named arguments", null);
            _output.Op(Opcode.NewObjEx);
        }
        else
        {
            _output.Op(value.IsNew ? Opcode.NewObj : Opcode.Reduce);
        }

        if (_output.EndObject(value))
        {
            Filled(value);
        }

        _keys = keys;
    }

    private void Filled(PythonObject value)
    {
        if (value.Items.Count > 0)
        {
            Batches(value.Items, Opcode.Appends);
        }

        var entries = value.Entries;
        for (int i = 0; i < entries.Count; i += 2)
        {
            Part(entries[i], static key => $"key {PythonText.Of(key)}", entries[i]);
            Entry(entries[i], entries[i + 1]);
            _output.Op(Opcode.SetItem);
        }

        if (value.HasState)
        {
            Part(value.State, static _ => "its state", null);
            _output.Op(Opcode.Build);
        }
    }
}
