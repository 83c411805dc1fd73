namespace Multiproc.Benchmarks.Faults.Histories;

/// <summary>
/// One key of a dictionary with numbers, a value, or one item of a set, as a sequential object. They are independent of each other, so each is checked alone.
/// </summary>
internal sealed record KeyModel(long? Value)
{
    public static readonly KeyModel Missing = new((long?)null);

    /// <summary>A value that nobody has changed.</summary>
    public static readonly KeyModel Zero = new(0);

    private static readonly KeyModel s_there = new(1);

    public static KeyModel? Step(KeyModel state, Operation operation)
    {
        bool isKnown = operation.Status != OperationStatus.Unknown;
        switch (operation.Kind)
        {
            case OperationKind.SetKey:
                return new KeyModel(operation.Argument);
            case OperationKind.AddToKey:
                long sum = (state.Value ?? 0) + operation.Argument;
                return !isKnown || operation.Result == sum ? new KeyModel(sum) : null;
            case OperationKind.CompareAndSetKey:
                bool isEqual = state.Value == operation.Expected;
                return isKnown && (operation.Result == 1) != isEqual ? null : isEqual ? new KeyModel(operation.Argument) : state;
            case OperationKind.GetKey:
                long? found = operation.Status == OperationStatus.Nothing ? null : operation.Result;
                return !isKnown || found == state.Value ? state : null;
            case OperationKind.AddItem:
                return !isKnown || operation.Result == 1 == (state == Missing) ? s_there : null;
            case OperationKind.RemoveItem:
                return !isKnown || operation.Result == 1 == (state != Missing) ? Missing : null;
            case OperationKind.HasItem:
                return !isKnown || operation.Result == 1 == (state != Missing) ? state : null;
            default:
                throw new ArgumentException($"{operation.Kind} is nothing that is done with a key.", nameof(operation));
        }
    }
}
