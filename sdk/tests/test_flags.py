from cryptonets_python_sdk import DocumentTraits, FaceTraitsFlags, FlagUtil

UP_AND_BLINK = FaceTraitsFlags.FT_FACE_UP | FaceTraitsFlags.FT_EYE_BLINK


def test_active_flags_are_members_in_order():
    active = FlagUtil.get_active_flags(FaceTraitsFlags, int(UP_AND_BLINK))
    assert active == [FaceTraitsFlags.FT_FACE_UP, FaceTraitsFlags.FT_EYE_BLINK]
    assert [flag.name for flag in active] == ["FT_FACE_UP", "FT_EYE_BLINK"]


def test_no_trait_is_no_flag():
    assert FlagUtil.get_active_flags(FaceTraitsFlags, 0) == []
    assert FlagUtil.get_flag_names(DocumentTraits, DocumentTraits.DT_DOC_NO_TRAIT) == []


def test_all_flags_come_back():
    everything = sum(flag.value for flag in FaceTraitsFlags.__members__.values())
    assert everything == 2**22 - 1
    assert len(FlagUtil.get_flag_names(FaceTraitsFlags, everything)) == 22
    assert len(FlagUtil.get_flag_names(DocumentTraits, 511)) == 9


def test_unknown_bits_are_left_out():
    assert FlagUtil.get_flag_names(FaceTraitsFlags, 1 << 30 | 1) == ["FT_FACE_TOO_CLOSE"]


def test_has_flag():
    assert FlagUtil.has_flag(int(UP_AND_BLINK), FaceTraitsFlags.FT_EYE_BLINK)
    assert not FlagUtil.has_flag(int(UP_AND_BLINK), FaceTraitsFlags.FT_FACE_DOWN)
    assert FlagUtil.has_flag(0, FaceTraitsFlags.FT_FACE_NO_TRAIT)
    assert not FlagUtil.has_flag(1, FaceTraitsFlags.FT_FACE_NO_TRAIT)


def test_has_any_and_all_take_flags_and_lists():
    up, blink, down = (FaceTraitsFlags.FT_FACE_UP, FaceTraitsFlags.FT_EYE_BLINK,
                       FaceTraitsFlags.FT_FACE_DOWN)
    value = int(UP_AND_BLINK)
    assert FlagUtil.has_any(value, up, down) and FlagUtil.has_any(value, [down, blink])
    assert not FlagUtil.has_any(value, down)
    assert FlagUtil.has_all(value, up, blink) and FlagUtil.has_all(value, [up, blink])
    assert not FlagUtil.has_all(value, up, down)
