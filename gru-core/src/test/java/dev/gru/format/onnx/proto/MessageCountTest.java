package dev.gru.format.onnx.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import org.junit.jupiter.api.Test;

import dev.gru.format.onnx.proto.MessageCount.Kind;

/** The fields that are counted are those of ONNX's own definition. */
class MessageCountTest {
    @Test
    void everyFieldThatIsAMessageIsKnownAsOne() {
        Map<Descriptor, Kind> kinds = new HashMap<>(Map.of(ModelProto.getDescriptor(), Kind.MODEL));
        Deque<Descriptor> left = new ArrayDeque<>(kinds.keySet());
        while (!left.isEmpty()) {
            Descriptor message = left.remove();
            Map<Integer, Kind> fields = MessageCount.FIELDS.get(kinds.get(message));
            Set<Integer> numbers = new TreeSet<>();
            for (FieldDescriptor field : message.getFields()) {
                if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                    numbers.add(field.getNumber());
                    assertTrue(fields.containsKey(field.getNumber()), field::getFullName);
                    Kind inner = fields.get(field.getNumber());
                    Kind before = kinds.putIfAbsent(field.getMessageType(), inner);
                    if (before == null) {
                        left.add(field.getMessageType());
                    } else {
                        assertEquals(before, inner, field::getFullName);
                    }
                }
            }
            assertEquals(numbers, new TreeSet<>(fields.keySet()), message::getFullName);
        }
        assertTrue(kinds.values().containsAll(MessageCount.FIELDS.keySet()), kinds::toString);
    }
}
